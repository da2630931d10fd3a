"""A word or name that the whole last sentence gives: "no bone is longer than the femur", "it's the thigh bone, known as the femur".

The sentence is of one of a few forms. All that it says beside the answer is the question's, or says nothing.
"""

from __future__ import annotations

import re
from functools import lru_cache

from cgd_recipes.grading.misplaced import is_ordered
from cgd_recipes.grading.prose.another import contrary, same_order
from cgd_recipes.grading.prose.answering import offered
from cgd_recipes.grading.prose.case import SILENT
from cgd_recipes.grading.prose.echo import DENIES, stems
from cgd_recipes.grading.prose.names import forms_of
from cgd_recipes.grading.prose.told import last_of
from cgd_recipes.grading.prose.trims import trimmed
from cgd_recipes.grading.prose.worded import is_open
from cgd_recipes.grading.prose.written_out import in_full
from cgd_recipes.grading.wording import is_doubtful

# Stands for the name.
NAMED = "\u25a3"
MAX_SENTENCE = 300
NAME = re.compile(r"[^\W\d][\w\s'\u2019.-]*")
SUPERLATIVE = re.compile(r"\b(?:[a-z]{3,}est|most|least|best|worst)\b", re.IGNORECASE)
ORDINAL = re.compile(
    r"\b(?:second|third|fourth|fifth|two|three|next|other\s+than|except|besides|after)\b|-", re.IGNORECASE
)
# What may stand before the statement: nothing, a word that concludes, or a reason.
LEAD = r"^\W*(?P<lead>(?:since|as|because)\s[^,;]*,\s+|[^,;]*;\s+|)(?:(?:so|thus|hence|therefore|and|in\s+fact|indeed|even\s+so),?\s+)*"
ER = r"(?:(?:far|much|even|still)\s+)?(?P<er>(?!(?:oth|ov|und|aft|ev|nev|riv|numb)er\b)[a-z]+er|(?:more|less)\s[a-z]+|more|less|fewer)"
IS = r"(?:is|are|was|runs|weighs|has|lives|flies|has\s+been)"
# "No bone in our body is longer than the femur, or thigh bone."
NONE_IS = (
    rf"(?P<by>by\s+[a-z]+,?\s+)?(?:there\s+is\s+)?(?:no|none|nobody|no\s+one|nothing)\b(?P<of>[^,;]*?)\s(?:{IS}\s+)?{ER}"
    rf"(?P<than>(?:\s[a-z]+){{0,3}}?)\s+than\s+{{gold}}(?P<rest>)(?:,\s+or\s+(?:the\s+)?[a-z]+(?:\s[a-z]+)?)?\W*$"
)
OTHERS = r"(?:[^,;]*?\sand\s+(?:than\s+)?)?(?:any|every|all|everyone|everybody|anyone|anything)\b"
# "The Pacific is bigger than that and than any other ocean, spanning a third of the globe."
THAN_ALL = rf"{{gold}}\s+{IS}\s+{ER}(?P<than>(?:\s[a-z]+)?)\s+than\s+(?P<of>{OTHERS}[^,;]*?)(?P<rest>,\s[^;]*|)\W*$"
# "Longer than any other bone is the one in the thigh, called the femur."
IS_LAST = (
    rf"{ER}(?P<than>)\s+than\s+(?P<of>(?:{OTHERS}|(?:that|these|them|those)\b)[^,;]*?)\s+is\s+(?:(?:the"
    rf"\s+one|that)\s+in\s+the\s+[a-z]+,\s+(?:called|known\s+as|named)\s+)?{{gold}}(?P<rest>,\s[^;]*|)\W*$"
)
# "It is Jupiter, however, that beats them all."
BEATS = (
    r"(?:but\s+)?it\s+is\s+{gold},?\s+(?:(?:however|though|in\s+fact|then),?\s+)?(?:that|which|who)\s+"
    r"(?:beats|tops|surpasses|outdoes|outranks)\s+(?:them|all|all\s+of)\s*(?:all|them|the\s+others|the\s+rest)?(?P<rest>,\s[^;]*|)\W*$"
)
# "The tallest, at 8849 m, is Everest.", "The smallest planet has been Mercury, with Mars next in line."
THE_MOST = (
    r"the\s+(?P<most>[a-z]+)(?P<of>(?:\s[a-z]+){{0,3}}?)(?:,\s+(?:at|with)\s+\S*\d[^,;]*,)?\s+(?:is|was"
    r"|has\s+been)\s+(?:therefore\s+|thus\s+)?{gold}(?P<rest>,\s[^;]*|)\W*$"
)
# "it is beaten by Baikal in Siberia, which at 1,642 m is the deepest lake on Earth"
WHICH_IS = (
    r"it\s+is\s+(?:beaten|surpassed|topped)\s+by\s+{gold}(?:\s+in\s+(?:[a-z]+\s)?[A-Z][a-z]+)?,\s+which"
    r"\s+(?:at\s+[\d.,]+\s[a-z]+\s+)?is\s+the\s+(?P<most>[a-z]+)(?P<of>[^,;]*)(?P<rest>)$"
)
REASONS = frozenset(["since", "because", "as", "one", "two", "three", "under", "over"])
THAN_THAT = re.compile(r"(?:that|these|them|those)\b(?!.*\b(?:any|every|all)\b)")
WORLD = frozenset(
    stem for stem in stems("other others else rest group whole world earth globe planet land list name lie known")
)
NO_REST = re.compile(
    r"\b(?:but|except|apart|save|besides|only|if|though|although|however|until|once|before|formerly)\b", re.IGNORECASE
)
# "It's the thigh bone, known to doctors as the femur"
CALLED = (
    r"(?:(?:it|that|this)\s+is\s+the\s+(?P<what>[a-z]+(?:\s[a-z]+)?(?:\s+in\s+the\s+[a-z]+)?)"
    r"|in\s+between\s+(?:comes|stands|sits)\s+(?:the\s+(?P<count>[a-z]+)-[a-z]+\s[a-z]+|[A-Z][a-z]?)),\s+"
    r"(?:which\s+(?:[a-z]+s|we|one)\s+calls?|(?:better\s+|also\s+|usually\s+|often\s+)?(?:known(?:\s+to"
    r"\s+[a-z]+)?\s+as|called|named))\s+{gold}(?P<rest>,\s(?:and|whose|which|so)\s[^;]*|\s\([^()]*\)|)\W*$"
)
NOT_MOST = re.compile(r"\b(?:second|third|close|near|nearly|almost|next|short|than)\b")
NOT_WHAT = re.compile(
    r"\b(?:above|below|next|near|neighbou?r\w*|other|beside|behind|under|like|wrong|mistake|trap|guess|usual|not)\b"
)
# "In Japan people pay with yen (JPY)."
PAY = (
    r"(?:in\s+(?P<place>[A-Z][A-Za-z ]+?)|there|in\s+(?:that|this)\s+country)?,?\s*(?:people|one|you|they"
    r"|shoppers)(?:\s+there|\s+in\s+(?P<other>[A-Z][A-Za-z ]+?))?\s+pays?\s+(?:with|in)\s+{gold}(?P<rest>"
    r"\s\([^()]*\)|)\W*$"
)
MONEY = re.compile(r"\b(?:currency|money)\b", re.IGNORECASE)
# "in English we call it potassium"
WE_CALL = (
    r"(?P<before>(?:the\s+)?(?:it|this|that|name|symbol|[A-Z][a-z]?)\s[^,;]*(?:,\s+(?:and|but|so)\s+|;"
    r"\s+)|)(?:in\s+[A-Z][a-z]+,?\s+)?(?:we|people|doctors|anatomists|chemists|they)\s+call\s+(?:it|this"
    r"|that|them)\s+{gold}(?P<rest>)\W*$"
)
# "So it's the liquid that has the greater density", "The feathers are outweighed by the lead."
IT_IS_THAT = r"it\s+is\s+(?:therefore\s+|thus\s+)?{gold}\s+(?:that|which)\s+(?P<said>[^,;]+)(?P<rest>,\s+(?:which|even|by)\b[^;]*|)\W*$"
OUTWEIGHED = (
    r"(?P<other>[^,;]{{1,60}}?)\s(?:is|are)\s+(?:(?:thus|therefore|then|clearly)\s+)?outweighed\s+by\s+{gold}\W*$"
)
MORE_WEIGHT = re.compile(r"\bweighs?\s+more\b|\bheavier\b")
# "One more step and we're in August."
LAST_STEP = (
    r"(?:another|(?:one|two|three|the)\s+(?:more|last|final|further))\s+(?:steps?|months?)\b[^,;]{{0,30}}?,?"
    r"\s+(?:and|so|then)\s+we\s+are\s+in\s+{gold}\W*$"
)
MONTH = re.compile(r"\bmonth\b")
# "For light, then, the primaries are green, blue and red."
LIST = re.compile(
    r"^(?P<head>[^:;]+?)(?:\s(?:is|are|were|was|namely)|:)\s+(?P<list>[A-Za-z ]+(?:,\s+[A-Za-z ]+){0,8},?\s+and\s+[A-Za-z ]+)\.?$"
)
ITEMS = re.compile(r",\s+(?:and\s+)?|\s+and\s+")
THE = re.compile(r"^the\s+")
MIN_SAME = 5
SYMBOL = re.compile(r"\b[A-Z][a-z]?\b")
# "iron (Fe)", where 26 is asked for
NUMBERED = re.compile(r"\b(?:atomic\s+number|protons)\b", re.IGNORECASE)
WITH_NUMBER = (
    r"(?:[^,;]*?,?\s)?with\s+(?:(?:atomic\s+)?number\s+)?(?P<number>\d+)(?:\s+protons)?,?\s+is\s+(?:thus"
    r"\s+|therefore\s+)?(?:[A-Z][a-z]?,\s+that\s+is,\s+)?{gold}(?:\s\([A-Z][a-z]?\))?\W*$"
)
ONE_WITH_NUMBER = (
    r"(?:[^,;]*\s)?(?:stands|sits|comes|is|lies)\s+(?:[A-Z][a-z]?,\s+(?:better\s+|also\s+)?known\s+as\s+)?{gold},"
    r"\s+(?:so\s+(?:that|this|it)\s+is\s+the\s+(?:one|element)\s+with|whose\s+nucleus\s+has|with|which"
    r"\s+has)\s+(?:(?:atomic\s+)?number\s+|its\s+)?(?P<number>\d+)(?:\s+protons)?(?:\s+in\s+its\s+nucleus)?\W*$"
)
BESIDE = re.compile(r"\b(?:before|after|above|below|next\s+to|preced\w+|follow\w+|not|never|no)\b|n't\b", re.IGNORECASE)


def identified(response: str, gold: str, asking: str, question: str) -> str:
    """The gold answer, in words, where the last sentence gives it in one of those forms; else "".

    Args:
        response: the whole text, without a thought, and without a box.
        gold: the gold answer, in words.
        asking: the sentence that asks.
        question: all of the question.
    """
    gold = gold.strip(" .")
    sentence = last_of(response).replace("**", "")
    if (
        not NAME.fullmatch(gold)
        or not asking
        or DENIES.search(asking)
        or len(sentence) > MAX_SENTENCE
        or "?" in sentence
    ):
        return ""
    sentence = trimmed(in_full(sentence), several=False)
    if _is_chosen(sentence, gold, asking, question):
        return gold
    small = sentence.casefold()
    for form in forms_of(gold, asking, question) or [gold]:
        if form.casefold() not in small:
            continue
        name = rf"(?:\b(?:the|an?)\s+)?(?<![\w'\u2019-]){re.escape(form)}(?:e?s)?(?![\w'\u2019-])"
        marked = _marked(name, sentence)
        if _is_most(marked, asking, question):
            return gold
        once = len(re.findall(rf"(?<![\w'\u2019-]){re.escape(form)}", sentence, re.IGNORECASE)) == 1
        if once and any(reads(marked, asking, question) for reads in (_is_called, _is_numbered, _is_reached)):
            return gold
    return ""


@lru_cache(maxsize=32)
def _form(pattern: str) -> re.Pattern[str]:
    """A form with a mark where the name stands."""
    return re.compile(LEAD + pattern.replace("{{", "{").replace("}}", "}").replace("{gold}", NAMED), re.IGNORECASE)


def _match(pattern: str, sentence: str) -> re.Match[str] | None:
    return _form(pattern).match(sentence)


def _marked(name: str, sentence: str) -> str:
    """A sentence with a mark for a name."""
    return re.sub(name, NAMED, sentence, flags=re.IGNORECASE)


def _is_most(sentence: str, asking: str, question: str) -> bool:
    """Whether a name is given as what is the most: "Nobody is shorter than Dora", "It is Jupiter that beats them all"."""
    asked = SUPERLATIVE.search(asking)
    if asked is None or ORDINAL.search(asking):
        return False
    if match := _match(BEATS, sentence):
        return not NO_REST.search(match["rest"]) and not DENIES.search(sentence)
    for pattern in (NONE_IS, THAN_ALL, IS_LAST, THE_MOST, WHICH_IS):
        match = _match(pattern, sentence)
        if (
            match is None
            or is_doubtful(match["lead"], REASONS)
            or NO_REST.search(match["of"] + match["rest"])
            or DENIES.search(match["rest"])
        ):
            continue
        said = match.groupdict()
        if NAMED in match["of"] + match["rest"]:
            return False
        if THAN_THAT.match(match["of"]) and not re.search(rf"\b{asked[0]}\b", match["rest"], re.IGNORECASE):
            return False
        most = said.get("most") or ""
        right = most.casefold() == asked[0].casefold() or (not most and _is_comparative(said["er"], asked[0], asking))
        foreign = {*stems(match["of"])} - WORLD - {"than"} | {
            *stems(f"{said.get('than') or ''} {said.get('by') or ''}")
        }
        return right and not foreign - {*stems(question)} - SILENT
    return False


def _is_comparative(er: str, superlative: str, asking: str) -> bool:
    """Whether a comparative is of the superlative that is asked for: "longer" of "longest", "bigger" of "largest"."""
    er, superlative = er.casefold(), superlative.casefold()
    more, _, what = er.partition(" ")
    if what:
        return {"more": "most", "less": "least"}[more] == superlative and what in asking.casefold()
    return f"{er[:-1]}st" == superlative or same_order(er, superlative)


def _is_reached(sentence: str, asking: str, question: str) -> bool:
    """Whether the last step leads to it: "One more step and we are in August"."""
    return MONTH.search(asking) is not None and _match(LAST_STEP, sentence) is not None


def _is_chosen(sentence: str, gold: str, asking: str, question: str) -> bool:
    """Whether it is the one of two or more things for which a sentence decides: "So it's the liquid that has the greater density"."""
    things = {*offered(asking)}
    mine = [each for each in things if stems(each) == stems(gold)]
    if len(mine) != 1 or len(things) < 2:
        return False
    rest = {stem for each in things - {*mine} for stem in stems(each)}
    own = "|".join(re.escape(word) for word in gold.split() if {*stems(word)} - rest and len(word) > 1)
    if not own:
        return False
    marked = _marked(rf"(?:\bthe\s+)?\b(?:[a-z]+\s)?(?:{own})(?:\s(?!that\b|which\b)[a-z]+)?\b", sentence)
    if (match := _match(OUTWEIGHED, marked)) and MORE_WEIGHT.search(asking):
        return {*stems(match["other"])} <= rest
    match = _match(IT_IS_THAT, marked)
    if match is None or NO_REST.search(match["rest"]) or DENIES.search(sentence) or {*stems(match["rest"])} & rest:
        return False
    said = {*stems(match["said"])} - SILENT
    return bool(said) and said <= {*stems(asking)} and not contrary(match["said"], asking)


def all_listed(response: str, gold: str, asking: str, question: str) -> str:
    """The gold answer, several names, where the last sentence says that they are what is asked for, and no other; else ""."""
    names = [name.casefold() for name in ITEMS.split(gold.strip(" ."))]
    sentence = trimmed(in_full(last_of(response).replace("**", "")), several=True)
    match = LIST.match(sentence) if " and " in sentence and len(sentence) <= MAX_SENTENCE else None
    if len(names) < 2 or not all(re.fullmatch(r"[a-z ]+", name) for name in names) or match is None or "?" in sentence:
        return ""
    listed = [THE.sub("", name.casefold()) for name in ITEMS.split(match["list"])]
    if sorted(listed) != sorted(names) or len({*names}) < len(names) or (is_ordered(question) and listed != names):
        return ""
    asked = {*stems(question)}
    told = {*stems(DENIES.sub(" ", match["head"]))} - SILENT
    foreign = {
        each
        for each in told - asked
        if not any(each[:MIN_SAME] == other[:MIN_SAME] for other in asked if len(each) > MIN_SAME)
    }
    denied = bool(DENIES.search(match["head"])) != bool(DENIES.search(asking))
    unsure = is_open(match["head"], "", question)
    return "" if foreign or denied or unsure or not told or contrary(match["head"].strip(" ,"), asking) else gold


def _is_called(sentence: str, asking: str, question: str) -> bool:
    """Whether it is said what the thing is called, or what people pay with."""
    if match := _match(CALLED, sentence):
        counted = not match["count"] or match["count"] in question.casefold()
        return (
            counted
            and not (match["what"] and NOT_WHAT.search(match["what"]))
            and not (any(pattern.search(match["rest"]) for pattern in (NO_REST, NOT_MOST, DENIES)))
        )
    if MONEY.search(asking) and (match := _match(PAY, sentence)):
        return all(place is None or place in question for place in (match["place"], match["other"]))
    match = _match(WE_CALL, sentence)
    if match is None or BESIDE.search(match["before"]) or is_doubtful(match["before"]):
        return False
    return all(re.search(rf"\b{each}\b", question) for each in SYMBOL.findall(match["before"]))


def _is_numbered(sentence: str, asking: str, question: str) -> bool:
    """Whether it is given as what has the number that is asked for: "the next one, with 26 protons, is iron"."""
    if not NUMBERED.search(asking):
        return False
    for pattern in (WITH_NUMBER, ONE_WITH_NUMBER):
        if match := _match(pattern, sentence):
            given = re.findall(r"\d+", sentence)
            return not BESIDE.search(sentence) and given == [match["number"]] and given == re.findall(r"\d+", question)
    return False
