"""What a sentence says of the gold answer that makes it another thing's: "every row has 432 seats", "outside (-1, 5)", "past 4:25 pm".

However a sentence was read, none of this may stand in it, unless the question has it, too.
"""

from __future__ import annotations

import re

from cgd_recipes.grading.prose.another import EXTREME, HOW_MANY_OF, PLACE, contrary
from cgd_recipes.grading.prose.case import CONCLUDES, RESTATES, SILENT, gold_places
from cgd_recipes.grading.prose.doubts import PROCEDURE
from cgd_recipes.grading.prose.echo import DENIES, stems
from cgd_recipes.grading.prose.ending import sentences
from cgd_recipes.grading.prose.lexer import lexed
from cgd_recipes.grading.prose.masked import M
from cgd_recipes.grading.prose.objects import is_object, name_at
from cgd_recipes.grading.prose.prepared import prepared
from cgd_recipes.grading.prose.told import NOUN, Same, Told, shared, text_of, told_in
from cgd_recipes.grading.prose.values import places
from cgd_recipes.grading.prose.words import listed
from cgd_recipes.grading.prose.written_out import in_full

# "every row has 432 seats", "6 gallons in every room", "12 each"
EACH = re.compile(
    rf"^\W*(?:{listed('concluding')}\b,?\s*)*(?:each|every)\s+(?:one\s+)?(?:of\s+(?:the\s+|these\s+|those\s+)?(?:\S+\s+)?)?(?P<first>[a-z]+)\b"
    rf"|{M}[^{M}]*\b(?:in|for|on|by|from|to|per|at)\s+(?:each|every)\s+(?P<last>[a-z]+)\b|{M}[^{M}]*\s(?:each|apiece)\W*$",
    re.IGNORECASE,
)
EACH_ASKED = re.compile(
    r"\b(?:each|every|apiece|equally|evenly|divided|density|concentration|speed|velocity|rate|slope|gradient|average)\b",
    re.IGNORECASE,
)
PER_ASKED = re.compile(r"\b(?:per|an?|one)\b", re.IGNORECASE)
# "18 students passed", where it is asked who did not
NOT_DONE = re.compile(r"\b(?:not|n['\u2019]t|never)\s+(?P<verb>[a-z]{3,})\b", re.IGNORECASE)
COMPARATIVE = rf"(?:more|fewer|less|{listed('comparatives')})"
# "36 more apples than", "must be larger by 9"
COMPARED = re.compile(
    rf"^(?:\s[a-z]+)?\s(?:{COMPARATIVE}\b[^,{M}]*\sthan\b|(?:is|are|was|be)\s(?:[a-z]+\s)?{COMPARATIVE}(?:\sby\b|\W*$))",
    re.IGNORECASE,
)
COMPARING = re.compile(rf"\b(?:than|differ\w*|compare\w*|{COMPARATIVE})\b", re.IGNORECASE)
BETWEEN_THEM = re.compile(r"\bbetween\s+(?:them|the\s+two)\b(?!\s+[a-z])", re.IGNORECASE)
TOGETHER = re.compile(r"\b(?:together|altogether|both|total|combined|between|they|sum|all|in\s+all)\b", re.IGNORECASE)
# What leads to a value that is not meant.
RELATED = re.compile(
    rf"\b(?P<word>{listed('relations')})(?:\s+(?:the|an?|that|this|point|line|vector|number|interval|set|year|day))*\s+$",
    re.IGNORECASE,
)
BETWEEN = re.compile(r"\b(?P<word>between)\s[^,]{1,40}\sand\s+$", re.IGNORECASE)
FAILS = re.compile(r"\b(?P<word>fails?|false|violated|excluded|differ|differs)\b[^,;]*$", re.IGNORECASE)
# "28 of them at home", "300 J of the work"
PART = re.compile(r"^(?:\s[A-Za-z]+)?\s+of\s+(?:it|them|these|those|the\s+(?P<whole>[a-z]+))\b(?P<rest>.*)$")
STEP = re.compile(rf"^\W*[A-Z][a-z]+ing\b[^,]*,\s+(?={M})")
OTHERWISE = re.compile(
    r"^\W*(?:and\s+)?(?:so\s+(?:do|does|did|is|are|has|have)\b|whereas|while|unlike|although|(?:in\s+the\s+same\s+way|just|exactly)\s+as)\b",
    re.IGNORECASE,
)
CONCLUSION = re.compile(
    r"\b(?:so|thus|hence|therefore|consequently|then|altogether)\b|^\W*the\b[^,.]*\s(?:is|are)\s", re.IGNORECASE
)
MAX_BEFORE = 300
IF = re.compile(r"\W*if\b", re.IGNORECASE)
# "Counting the repeated 2 just once"
DOING = re.compile(r"\W*[A-Za-z][a-z]+ing\b")
NUMBER = re.compile(
    r"(?:[a-zA-Z]\s*=\s*)?[$\u20ac\u00a3(]*-?[\d.,/:]+\s?(?:[%\u00b0)]|\\%|[ap]\.?m\.?)*\$?|\([^()A-Za-z]*,[^()A-Za-z]*\)|\$[^$A-Za-z]*\$"
)
# "it will be 40 cm once it has grown another 25%", "to return he would have to walk 4 km west"
ONCE = re.compile(r"\bonce\s+(?:it|he|she|they|we|you|the)\b", re.IGNORECASE)
WOULD_HAVE = re.compile(r"\b(?:would|['\u2019]d)\s+(?:have|need)\s+to\b", re.IGNORECASE)
# "whose reciprocal is 3"
WHOSE = re.compile(r"\bwhose\s+(?P<what>[a-z]+)\s+(?:is|are|was|equals)\s+$", re.IGNORECASE)
FOR = re.compile(r"^\W*for\b(?!\s+a\s+total)", re.IGNORECASE)
COUNTED = re.compile(r"\b(?:how\s+many|fraction|percent\w*|probability|part|portion|share)\b", re.IGNORECASE)
AT = re.compile(r"\b(?:at|when|for|where|if)\s+(?:\S+\s+)?$", re.IGNORECASE)
# "8 units to the left of zero" is no 8.
BELOW_ZERO = re.compile(
    rf"^[^,]*\b(?:to\s+the\s+left\s+of|below|beneath|under)\s+(?:zero|the\s+origin|{M})\W*$", re.IGNORECASE
)
HOW_FAR = re.compile(r"\bhow\s+(?:far|many|much)\b|\bdistance\b", re.IGNORECASE)
LESS = re.compile(
    r"\b(?:decreas\w+|drop\w*|fall\w*|fell|reduc\w+|los[et]\w*|declin\w+|shr[aiu]nk\w*|down)\b", re.IGNORECASE
)
JUST_ONE = re.compile(
    r"\b(?:just|only)\s+(?:the\s+)?(?:first|second|former|latter|one|positive|negative)\b", re.IGNORECASE
)
# "which leaves 120 to go", "ending at -12 m/s", "gives 14 handshakes"
ENDS = re.compile(
    rf"^\W*(?:and\s+)?(?:which\s+(?:leaves|gives|makes|yields)|so|thus|hence|therefore|leaving|giving|ending|yielding|making)\b[^{M}]*{M}"
    rf"|\b(?:gives|leaves|yields|makes|becomes)\s+[^{M}]{{0,20}}{M}|\bbrings\b[^{M}]*\bto\s+{M}",
    re.IGNORECASE,
)
CONCLUDED = re.compile(
    rf"(?:and\s+)?{listed('participles')}\b|.*\b(?:which|this|that|it)\s+{listed('copulas')}(?!\w)",
    re.IGNORECASE,
)
# "5 faces, 9 edges, and six vertices"
ITEM = re.compile(rf"^\W*(?:and\s+)?{M}\s[a-z]+\W*$")
AGAIN = re.compile(
    r"^\W*(?:or|i\.e\.|that\s+is|about|roughly|approximately|=|\u2248|namely|equivalently)(?!\w)", re.IGNORECASE
)


def vetoed(response: str, asking: str, question: str, parts: tuple[str, ...], same: Same) -> bool:
    """Whether the last sentence has the gold answer as something else than what is asked.

    Args:
        response: the whole text, without a thought.
        asking: the sentence that asks.
        question: all of the question.
        parts: the values of the gold answer.
        same: as in `told_in`.
    """
    said, sentence = prepared(response, asking, several=len(parts) > 1)
    whole = lexed(sentence) if sentence and asking else None
    if whole is None:
        return False
    told = told_in(whole, parts, same, question)
    found = [place for place, each in enumerate(told) if "gold" in each.kinds]
    if not found:
        return False
    if len(parts) > 1:
        return JUST_ONE.search(whole.text) is not None and not JUST_ONE.search(asking)
    place = max(found, key=lambda each: (shared([told[each]], asking, question), each))
    main = told[place]
    earlier = told[:place]
    if not _concludes(earlier, main):
        earlier = [*_sentence_before(response, said, parts, same, question), *earlier]
    return (
        bool(BETWEEN_THEM.search(said) and not TOGETHER.search(asking))
        or _is_of_another(main, asking, parts[0])
        or _is_step(main)
        or _is_concluded_before(earlier, len(earlier) - place, told[place:], asking, question)
        or any(_concludes_behind(each, main, asking, question) for each in told[place + 1 :])
        or _is_of_other_things(told, main, asking)
    )


def is_related(before: str, asking: str) -> bool:
    """Whether what leads to a value tells of something else: "past Saturday", "a friend of Picasso"; not where the question has it, too."""
    words = {*re.findall(r"[a-z]+", asking.casefold())}
    found = [match for pattern in (RELATED, BETWEEN, FAILS) if (match := pattern.search(before))]
    return any(not {*re.findall(r"[a-z]+", match["word"].casefold())} <= words for match in found)


def _is_of_another(told: Told, asking: str, gold: str) -> bool:
    """Whether the clause with the gold answer gives it to something else."""
    text, place = told.clause.text, gold_places(told)[-1]
    before, behind = text[:place], text[place + 1 :]
    if _is_of_each(text, asking) or _is_denied(text, asking):
        return True
    if COMPARED.match(behind) and not COMPARING.search(asking):
        return True
    if ONCE.search(behind) or (WOULD_HAVE.search(before) and not WOULD_HAVE.search(asking)):
        return True
    if is_related(before, asking) or ((whose := WHOSE.search(before)) and whose["what"] not in asking):
        return True
    if contrary(told.clause.said(0), asking) or OTHERWISE.match(text):
        return True
    if (part := PART.match(behind)) and _is_part(part, asking):
        return True
    if name_at(told, place) and AT.search(before) and EXTREME.search(asking) and not PLACE.search(asking):
        return True
    if BELOW_ZERO.match(behind) and not gold.startswith(("-", "\u2212")) and not HOW_FAR.search(asking):
        return True
    return gold.startswith("+") and LESS.search(before) is not None


def _is_of_each(text: str, asking: str) -> bool:
    """Whether a value is said of each of several things, while all of them are asked for."""
    match = EACH.search(text)
    if match is None:
        return False
    if EACH_ASKED.search(asking):
        return False
    thing = match["first"] or match["last"]
    if not thing:
        return PER_ASKED.search(asking) is None
    one = re.escape(thing.removesuffix("s"))
    return not re.search(
        rf"\b(?:per|an?|one|the|this|of)\s+(?:[a-z]+\s+){{0,2}}{one}\b", asking, re.IGNORECASE
    ) or bool(re.search(rf"\d+\s+{one}", asking))


def _is_part(part: re.Match[str], asking: str) -> bool:
    """Whether a value is of a part: "28 of them at home", or of what is asked for: "300 J of the work"."""
    if part["whole"] and not COUNTED.search(asking):
        whole = part["whole"].removesuffix("s")
        return re.search(rf"\b{whole}", asking) is not None and re.search(rf"\bof\s+(?:the\s+)?{whole}", asking) is None
    rest = {*stems(part["rest"])}
    return bool(rest - SILENT - {"still"} and not rest & {*stems(asking)})


def _is_step(told: Told) -> bool:
    """Whether the gold answer is only what another value is made of: "Adding it to 3/8, five eighths remain"."""
    comma = STEP.match(told.clause.text)
    return comma is not None and gold_places(told)[-1] < comma.end() and "new" in told.kinds


def _is_denied(text: str, asking: str) -> bool:
    """Whether a clause says that something is done of which it is asked who does not do it."""
    match = NOT_DONE.search(asking)
    return (
        match is not None
        and not DENIES.search(text)
        and re.search(rf"\b{match['verb'].rstrip('es')}", text) is not None
    )


def _sentence_before(response: str, said: str, parts: tuple[str, ...], same: Same, question: str) -> list[Told]:
    """The clauses of the sentence before the last one, where it concludes."""
    before = response[: max(response.rfind(said), 0)].rstrip()
    found = sentences(before)[:1] if before else []
    if not found or len(found[0][1]) > MAX_BEFORE or not CONCLUSION.search(found[0][1]) or IF.match(found[0][1]):
        return []
    whole = lexed(in_full(found[0][1]))
    told = told_in(whole, parts, same, question) if whole else []
    return [each for each in told if CONCLUSION.search(each.clause.text)]


def _concludes(before: list[Told], main: Told) -> bool:
    """Whether the clause with the gold answer is a conclusion from what stands before it."""
    leads = before[-1:] if before and not before[-1].kinds else []
    text = text_of([*leads, main]).lstrip(" ,;")
    return bool((CONCLUDED.match(text) and not FOR.match(text)) or CONCLUDES.match(text) or RESTATES.match(text))


def _is_concluded_before(before: list[Told], sentence: int, rest: list[Told], asking: str, question: str) -> bool:
    """Whether another value is what the response gives as the answer: "The slope is 1/2, and its reciprocal is 2"."""
    main = rest[0]
    common = shared([main, *(each for each in rest[1:] if not each.kinds)], asking, question)
    if _concludes(before, main) or (common and ITEM.match(main.clause.text)):
        return False
    further = bool({*stems(main.clause.text)} - {*stems(question)} - SILENT)
    return any(
        _is_other(each, question)
        and any(is_object(each.clause.text, place, asking, name_at(each, place)) for place in places(each.clause.text))
        and shared([each], asking, question) > common - (further and common > 0 and number >= sentence)
        for number, each in enumerate(before)
    )


def _is_other(told: Told, question: str) -> bool:
    """Whether a clause has one value that its question does not have."""
    text = told.clause.text
    if DENIES.search(text) or DOING.match(text) or PROCEDURE.match(CONCLUDES.sub("", text.lstrip(" ,;"))):
        return False
    if told.kinds.count("new") == 1:
        return NUMBER.fullmatch(told.clause.values[told.kinds.index("new")].strip()) is not None
    given = re.sub(r"\s", "", question)
    return (
        len(told.kinds) == 1
        and told.clause.values[0].startswith("(")
        and re.sub(r"\s", "", told.clause.values[0]) not in given
    )


def _concludes_behind(told: Told, main: Told, asking: str, question: str) -> bool:
    """Whether a clause goes on to another value: "which leaves 120 to go"."""
    if AGAIN.match(told.clause.text) or "new" not in told.kinds:
        return False
    if (
        shared([main], asking, question) > 1
        and not shared([told], asking, question)
        and told.clause.text.startswith(("so ", "and "))
    ):
        return False  # "so she gets $7 back"
    return ENDS.search(told.clause.text) is not None or (
        _is_other(told, question)
        and any(is_object(told.clause.text, place, asking, name_at(told, place)) for place in places(told.clause.text))
        and shared([told], asking, question) > shared([main], asking, question) + 1
    )


def _is_of_other_things(told: list[Told], main: Told, asking: str) -> bool:
    """Whether the gold answer counts other things than asked, which another value counts: "9 rows, with 5 chairs in each"."""
    counted = HOW_MANY_OF.search(asking)
    thing = NOUN.match(main.clause.text, gold_places(main)[-1] + 1) if counted else None
    if not counted or not thing or re.match(rf"(?:\s[a-z]+)?\s{counted['noun']}", main.clause.text[thing.start() :]):
        return False
    others = [
        noun["noun"]
        for each in told
        for place, kind in zip(places(each.clause.text), each.kinds, strict=True)
        if kind != "gold" and (noun := NOUN.match(each.clause.text, place + 1))
    ]
    return counted["noun"] in others
