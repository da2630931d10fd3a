"""Another value that a response gives as what is asked, beside the gold answer: "The slope is 1/2, and its reciprocal is 2"."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from cgd_recipes.grading.notation.words import listed
from cgd_recipes.grading.prose.another import HOW_MANY_OF, NAME_INSIDE, contrary
from cgd_recipes.grading.prose.case import CONCLUDES, gold_places
from cgd_recipes.grading.prose.doubts import PROCEDURE
from cgd_recipes.grading.prose.echo import DENIES, stems
from cgd_recipes.grading.prose.ending import sentences
from cgd_recipes.grading.prose.lexer import lexed
from cgd_recipes.grading.prose.masked import M, Masked
from cgd_recipes.grading.prose.objects import is_object, name_at
from cgd_recipes.grading.prose.told import NOUN, Same, Told, shared, text_of, told_in
from cgd_recipes.grading.prose.values import numbers_in, places
from cgd_recipes.grading.prose.written_out import in_full

CONCLUSION = re.compile(
    r"\b(?:so|thus|hence|therefore|consequently|then|altogether)\b|^\W*the\b[^,.]*\s(?:is|are)\s", re.IGNORECASE
)
MAX_BEFORE = 300
IF = re.compile(r"\W*if\b", re.IGNORECASE)
# "Counting the repeated 2 just once"
DOING = re.compile(r"\W*[A-Za-z][a-z]+ing\b")
NUMBER = re.compile(
    r"(?:[\d\s.+*/\u00d7\u00b7()-]+=\s*)?(?:[a-zA-Z]\s*=\s*)?[$\u20ac\u00a3(]*-?[\d.,/:]+\s?(?:[%\u00b0)\u03c0]|\\%|\\pi|[ap]\.?m\.?)*\$?"
    r"|\([^()A-Za-z]*,[^()A-Za-z]*\)|\$[^$A-Za-z]*\$"
)
FOR = re.compile(r"^\W*for\b(?!\s+a\s+total)", re.IGNORECASE)
# "which leaves 120 to go", "ending at -12 m/s", "gives 14 handshakes"
ENDS = re.compile(
    rf"^\W*(?:and\s+)?(?:which\s+(?:leaves|gives|makes|yields)|so|thus|hence|therefore|leaving|giving|ending|yielding|making)\b[^{M}]*{M}"
    rf"|\b(?:gives|leaves|yields|makes|becomes)\s+[^{M}]{{0,20}}{M}|\bbrings\b[^{M}]*\bto\s+{M}",
    re.IGNORECASE,
)
CONCLUDED = re.compile(
    rf"(?:and\s+)?{listed('participles')}\b|(?:and\s+|[a-z]+ing\b[^,]*\s)?(?:which|this|that|it)\s+{listed('copulas')}\s+(?:[a-z]+\s+){{0,3}}{M}",
    re.IGNORECASE,
)
PIECE = re.compile(
    rf"(?:;|,)\s+(?:(?:and|but|while|whereas)\s+)?|\s(?:and|but|while|whereas)\s+(?=(?:the|its|his|her|their|there|it|he|she|they)\s|[A-Z]|{M}\s[a-z])"
)
STATED = re.compile(rf"\b(?:the|its|his|her|their)\s+(?P<what>[a-z]+)\s+(?:is|are|was|were|equals)\s+{M}")
OR_AGAIN = re.compile(rf"{M},\s+or\s+(?:[a-z]+\s+)?(?={M})")
THEN_AGAIN = re.compile(r"^(?:and\s+)?then\s+again\b")
INTERVAL = re.compile(r"[\[(][^,()\[\]]+,[^,()\[\]]+[\])]")
INSTEAD = re.compile(r"\b(?:instead\s+of|rather\s+than|not|of\s+the)\s+$", re.IGNORECASE)
# "5 faces, 9 edges, and six vertices"
ITEM = re.compile(rf"^\W*(?:and\s+)?{M}\s[a-z]+\W*$")
AGAIN = re.compile(
    r"^\W*(?:or|i\.e\.|that\s+is|about|roughly|approximately|=|\u2248|namely|equivalently|in\s+other\s+words)(?!\w)",
    re.IGNORECASE,
)
AGAIN_IT = re.compile(rf"{AGAIN.pattern}\s*(?:[a-z]+\s+)?{M}", re.IGNORECASE)


def is_rivalled(
    whole: Masked, response: str, said: str, parts: tuple[str, ...], same: Same, asking: str, question: str
) -> bool:
    """Whether the last sentence, or a conclusion in the one before it, gives another value at least as much to what is asked.

    Args:
        whole: the last sentence, with its values masked.
        response: the whole text, without a thought.
        said: the last sentence as it was written.
        parts: the values of the gold answer.
        same: as in `told_in`.
        asking: the sentence that asks.
        question: all of the question.
    """
    told = _pieces(whole, parts, same, question) if len(whole.values) > 1 else told_in(whole, parts, same, question)
    found = [place for place, each in enumerate(told) if "gold" in each.kinds]
    if not found:
        return False
    first = told[found[0]]
    last = max(
        found, key=lambda place: (_concludes(told[:place], told[place]), shared([told[place]], asking, question), place)
    )
    settled = _concludes(told[: found[0]], first) or AGAIN_IT.match(first.clause.text) is not None
    best = max(
        shared([told[place], *(each for each in told[place + 1 :] if not each.kinds)], asking, question)
        for place in found
    )
    if len(told) > 1 and contrary(told[last].clause.said(0).strip(" ,;"), asking):
        return True
    if best and ITEM.match(told[last].clause.text):
        return False
    if (counted := HOW_MANY_OF.search(asking)) and any(_thing(told[place]) == counted["noun"] for place in found):
        told = [
            each for each in told if _thing(each) in ("", counted["noun"]) or "gold" in each.kinds
        ]  # "12 boys and 15 girls"
        found = [place for place, each in enumerate(told) if "gold" in each.kinds]
        last = found[-1]
    before = [] if settled else [*_sentence_before(response, said, parts, same, question), *told[: found[0]]]
    behind = [each for place, each in enumerate(told) if place > found[0] and place not in found]
    return (
        any(_rivals(each, asking, question) > best for each in [*before, *behind])
        or any(
            _goes_on(told[place], best, asking, question) for place in range(last + 1, len(told)) if place not in found
        )
        or _counts_others(told, told[last], asking)
    )


def _pieces(whole: Masked, parts: tuple[str, ...], same: Same, question: str) -> Sequence[Told]:
    """The clauses of a sentence, in smaller pieces than elsewhere: "29 are sold" and "27 are left"."""
    cuts = [0, *(match.end() for match in PIECE.finditer(whole.text)), len(whole.text)]
    told: list[Told] = []
    for start, end in itertools.pairwise(cuts):
        after = any("gold" in each.kinds for each in told)
        told += told_in(whole.part(start, end), parts, same, question, after=after)
    return told


def _thing(told: Told) -> str:
    """What the one value of a piece counts; "" for none and several."""
    noun = NOUN.match(told.clause.text, told.clause.text.find(M) + 1) if told.clause.text.count(M) == 1 else None
    return noun["noun"] if noun else ""


def _rivals(told: Told, asking: str, question: str) -> int:
    """How many words of the asking sentence a piece shares that states another value; -1 for one that states none."""
    text = told.clause.text
    if AGAIN.match(text) or _is_of_another(text, asking):
        return -1
    if (counted := HOW_MANY_OF.search(asking)) and _counts_anew(told, counted["noun"], question):
        return shared([told], asking, question)
    stated = STATED.search(text) if "context" in told.kinds else None
    if not stated or not {*stems(stated["what"])} <= {*stems(asking)}:
        if not _is_other(told, question):
            return -1
        if not any(is_object(text, place, asking, name_at(told, place)) for place in places(text)):
            return -1
    return shared([told], asking, question)


def _is_of_another(text: str, asking: str) -> bool:
    """Whether a piece is of another person than the one who is asked about."""
    asked, told = ({*NAME_INSIDE.findall(each)} for each in (asking, text))
    return bool(asked and told and not asked & told)


def _counts_anew(told: Told, noun: str, question: str) -> bool:
    """Whether a piece has a number of the things that are asked for, which the question has of other things: "6 days" for 6 workers."""
    if told.kinds != ("context",) or _thing(told) != noun:
        return False
    value = told.clause.values[0].strip()
    return value.isdigit() and re.search(rf"(?<![\d.]){value}\s+{noun}", question) is None


def _goes_on(told: Told, best: int, asking: str, question: str) -> bool:
    """Whether a piece behind the gold answer goes on to another value: "27 are left", "which leaves 120 to go"."""
    text = told.clause.text
    if 0 < best <= _rivals(told, asking, question):
        return True
    if AGAIN.match(text) and told.kinds == ("new",) and INTERVAL.fullmatch(told.clause.values[0].strip("$ ")):
        return True  # "(2, ∞) and the endpoint 2 itself, in other words [2, ∞)"
    if "new" not in told.kinds or AGAIN.match(text) or not ENDS.search(text) or _is_of_another(text, asking):
        return False
    return (
        best < 2 or shared([told], asking, question) > 0 or not text.startswith(("so ", "and "))
    )  # "so she gets $7 back"


def _sentence_before(response: str, said: str, parts: tuple[str, ...], same: Same, question: str) -> Sequence[Told]:
    """The clauses of the sentence before the last one, where it concludes."""
    before = response[: max(response.rfind(said), 0)].rstrip()
    found = sentences(before)[:1] if before else []
    if not found or len(found[0][1]) > MAX_BEFORE or not CONCLUSION.search(found[0][1]) or IF.match(found[0][1]):
        return []
    whole = lexed(in_full(found[0][1]))
    told = told_in(whole, parts, same, question) if whole else []
    return [each for each in told if CONCLUSION.search(each.clause.text) and not _is_coordinate(each, parts[0])]


def _is_coordinate(told: Told, gold: str) -> bool:
    """Whether a clause gives only coordinates of a point that is the gold answer: "hence x = 4"."""
    values = told.clause.values
    return gold.startswith("(") and all(
        "=" in value and numbers_in(value.rpartition("=")[2]) <= numbers_in(gold) for value in values
    )


def _concludes(before: Sequence[Told], main: Told) -> bool:
    """Whether the clause with the gold answer is a conclusion from what stands before it."""
    leads = before[-1:] if before and not before[-1].kinds else []
    text = THEN_AGAIN.sub("", text_of([*leads, main]).lstrip(" ,;"))
    return bool((CONCLUDED.match(text) and not FOR.match(text)) or CONCLUDES.match(text) or AGAIN.match(text))


def _is_other(told: Told, question: str) -> bool:
    """Whether a clause has one value that its question does not have."""
    text = told.clause.text
    if DENIES.search(text) or DOING.match(text) or PROCEDURE.match(CONCLUDES.sub("", text.lstrip(" ,;"))):
        return False
    if told.kinds.count("new") - len(OR_AGAIN.findall(text)) == 1:  # "4/6, or 2/3" is one
        return NUMBER.fullmatch(told.clause.values[told.kinds.index("new")].strip()) is not None
    given = re.sub(r"\s", "", question)
    return (
        len(told.kinds) == 1
        and told.clause.values[0].startswith("(")
        and re.sub(r"\s", "", told.clause.values[0]) not in given
    )


def _counts_others(told: Sequence[Told], main: Told, asking: str) -> bool:
    """Whether the gold answer counts other things than asked, which another value counts: "9 rows, with 5 chairs in each"."""
    counted = HOW_MANY_OF.search(asking)
    thing = NOUN.match(main.clause.text, gold_places(main)[-1] + 1) if counted else None
    if not counted or not thing or re.match(rf"(?:\s[a-z]+)?\s{counted['noun']}", main.clause.text[thing.start() :]):
        return False
    others = [
        noun["noun"]
        for each in told
        for place, kind in zip(places(each.clause.text), each.kinds, strict=True)
        if kind != "gold"
        and not INSTEAD.search(each.clause.text[:place])
        and (noun := NOUN.match(each.clause.text, place + 1))
    ]
    return counted["noun"] in others
