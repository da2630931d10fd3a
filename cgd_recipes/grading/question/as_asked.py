r"""What a question wants of an answer beside its value: its kind, all of several boxes, no left side."""

from __future__ import annotations

import re

from cgd_recipes.grading.endings.extract import boxes
from cgd_recipes.grading.notation.clean import tidy
from cgd_recipes.grading.notation.months import MONTHS, SHORT_MONTHS
from cgd_recipes.grading.notation.spelled import spelled
from cgd_recipes.grading.notation.structure import split_top
from cgd_recipes.grading.notation.text import CONCLUDES, said
from cgd_recipes.grading.notation.things import things_of
from cgd_recipes.grading.notation.unit import unit_name
from cgd_recipes.grading.question.asked_label import labelled_as_asked
from cgd_recipes.grading.question.asked_list import as_list, as_truths, united
from cgd_recipes.grading.question.asked_name import bare, targets
from cgd_recipes.grading.question.asked_names import by_names, is_in_order_of_names
from cgd_recipes.grading.question.asked_unit import asking
from cgd_recipes.grading.question.asked_value import values_of_call
from cgd_recipes.grading.question.coordinates import in_basis, of_identity
from cgd_recipes.grading.question.counted import money_per, no_remainder, of_counted, of_several, with_all
from cgd_recipes.grading.question.domains import (
    with_consequence,
    without_domain,
    without_given,
    without_interval,
    without_step,
)
from cgd_recipes.grading.question.excluded import without_excluded
from cgd_recipes.grading.question.intercepts import intercept
from cgd_recipes.grading.question.known_beside import without_known
from cgd_recipes.grading.question.named_ratio import value_of_ratio
from cgd_recipes.grading.question.orders import assigned, chained, coefficients, numbered, ranked, solved
from cgd_recipes.grading.question.rounding import in_another_unit, rounded
from cgd_recipes.grading.question.superlatives import at_the_end, larger_side, with_most, without_layout
from cgd_recipes.grading.question.whole import same_whole
from cgd_recipes.grading.readings.persons import name_of
from cgd_recipes.grading.readings.unknowns import tuples_of
from cgd_recipes.grading.values.parts import is_part, parts
from cgd_recipes.grading.values.single import is_label

A_NAME_OF = re.compile(r"\\?[A-Za-z]+(?:_\{?\w+\}?)?(?:\([a-z]\))?'?")
ONE_TUPLE = re.compile(r"\$?(?:\([^()]*\)|\[[^\[\]]*\])\$?")
ITEM_LABEL = re.compile(r"^\s*(?:[-*+\u2022]|\d[.)]|\([a-z]\))\s+\**(?P<label>[A-Za-z][A-Za-z -]+)\**:")
MAX_NAME = 40
NAMED_BOX = re.compile(r"(?<![A-Za-z\\])(?P<name>[a-z])\s*=\s*\$*\\?$")
AGAINST = re.compile(
    r"\b(?:reject\w*|discard\w*|extraneous|but|however|not|only|invalid|actually|wait|instead|final(?:ly)?|answer|total|sum|therefore|hence|so|thus|check:)\b(?!\s+both\b)",
    re.IGNORECASE,
)


def of_question(answer: str, gold: str, question: str) -> str:
    """An answer without a left side that its question has, "3^x" of `3^x = 81`, or with the kind of thing that it names."""
    if kind := _of_kind(answer, gold, question):
        return kind
    if larger := larger_side(answer, gold, question):
        return larger
    if main := without_excluded(answer, gold, question):
        return of_question(main, gold, question)
    for short in SHORTER:
        if found := short(answer, gold, question):
            return of_question(found, gold, question) if short is without_domain else found
    if (positive := POSITIVE.search(question)) and "|" not in gold:  # `\\ln|x|`, where x > 0
        name = positive["name"]
        answer = re.sub(rf"\\?[lr]?(?:vert|\|)\s*{name}\s*\\?[lr]?(?:vert|\|)", f" {name}", answer)
    first, *rest = answer.strip("$ ").split("=")
    if (
        len(rest) > 1
        and re.search(r"[-+*/^()]|\\[a-z]{3}", first)
        and without_layout(first) in without_layout(question)
        and not is_label(first)
        and not CONCLUDES.search(answer)
    ):
        return "=".join(rest).strip()
    left, equals, right = (part.strip() for part in answer.rpartition("="))
    if not equals or "=" in gold or "=" in left or A_NAME_OF.fullmatch(left) or not right:
        return answer
    if left.count("{") != left.count("}"):  # `\\text{n = 5}`
        return answer
    return right if without_layout(left) in without_layout(question) or bare(left) in targets(question) else answer


TWO_WORDS = re.compile(
    r"(?:\\text\s*\{\s*)?(?:the\s+)?(?P<own>[A-Za-z]+(?:\s[A-Za-z]+)?)\s(?P<kind>[A-Za-z]{3,})\s*\}?\.?", re.IGNORECASE
)


def _of_kind(answer: str, gold: str, question: str) -> str:
    """The gold answer, where an answer leaves out its kind, which the question has: "Pacific", "What is the largest ocean?"."""
    match = TWO_WORDS.fullmatch(gold.strip())
    if match is None or spelled(gold):
        return ""
    plain = said(answer).casefold().removeprefix("the ")
    first, _, rest = gold.strip().partition(" ")  # "Lake Superior"
    for own, kind in ((match["own"], match["kind"]), (rest, first)):
        if plain == own.casefold() and re.search(
            rf"\b(?:which|what)\s+(?:[a-z]+\s+){{0,5}}{re.escape(kind)}\b", question, re.IGNORECASE
        ):
            return gold
    return ""


POSITIVE = re.compile(r"(?<![A-Za-z])(?P<name>[a-z])\s*>\s*0\b")
GIVEN = re.compile(r"\$?(?P<name>[a-z])\s*=\s*(?P<value>-?[\d./]+)\$?")


# Before a further value: "x = 3, then x = 8"; only "and" and "where" lead no further.
GOES_ON = re.compile(
    r"(?:\\text\s*\{\s*)?(?:(?:and|where|with)\s+)?(?!(?:and|where|with)\b)[A-Za-z]{2,}(?!\s*=)[\s,}:]", re.IGNORECASE
)


def _asked_item(answer: str, gold: str, question: str) -> str:
    """The one of several equations whose left side is asked for: "abc = -120" of "(a, b, c) = (3, 5, -8), abc = -120"; else ""."""
    if "," not in answer or re.search(r"[,=]|\\begin", gold):
        return ""
    pieces = [piece.strip(" $;") for piece in split_top(re.sub(r"\\q?quad(?![a-z])", " ", answer))]
    asked = targets(question)
    if any(GOES_ON.match(piece) for piece in pieces):
        return ""
    found = [piece for piece in pieces if "=" in piece and bare(piece.split("=")[0]) in asked]
    if len(found) != 1 or len(pieces) < 2 or not all("=" in piece for piece in pieces):
        return ""
    value = found[0].partition("=")[2]
    others = [bare(piece.partition("=")[0]) for piece in pieces if piece is not found[0]]
    # `A = \\frac{1}{9-w^2}, w = 3` is a value of A for one w alone.
    return (
        "" if any(re.search(rf"(?<![A-Za-z\\]){re.escape(name)}(?![A-Za-z])", value) for name in others) else found[0]
    )


def _own_value(answer: str, gold: str, question: str) -> str:
    """The one value of several that the question does not give: "a = 3" of "a = 3, b = 2", where b = 2 was given; else ""."""
    if answer.count("=") < 2:
        return ""
    pieces = [GIVEN.fullmatch(piece.strip(" .$")) for piece in re.split(r",\s+|\s+and\s+", answer)]
    names = {match["name"] for match in pieces if match}
    if not 1 < len(pieces) == len(names) or "," in gold:
        return ""
    own = [
        match[0]
        for match in pieces
        if match
        and not re.search(
            rf"(?<![\w+*/^-]){match['name']}\s*=\s*{re.escape(match['value'])}(?![\d+*/^-]|\.\d)", question
        )
    ]
    return own[0] if len(own) == 1 else ""


NUMBERED_OPTION = re.compile(r"\((?P<label>[A-Za-z]|\d)\)\s+(?P<said>[A-Za-z][A-Za-z\s-]*)")


def _option_text(answer: str, gold: str, _question: str) -> str:
    """A gold answer that is an option with its label, where the answer is one of the two: "descend", "(2)"."""
    match = NUMBERED_OPTION.fullmatch(gold.strip())
    if match is None:
        return ""
    plain = said(answer).strip(" .*()").casefold()
    return gold if plain in (match["said"].strip().casefold(), match["label"].casefold()) else ""


# "what is the next year in which it is a Sunday"
YEAR_ASKED = re.compile(
    r"\b(?:which|what)\s+(?:(?:is|was|will\s+be)\s+the\s+(?:next|first|last|earliest|latest|previous)\s+)?year\b",
    re.IGNORECASE,
)
OF_YEAR = re.compile(
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?)?(?:{'|'.join((*MONTHS, *SHORT_MONTHS))})\.?"
    r"(?:\s+\d{1,2}(?:st|nd|rd|th)?)?,?\s+(?P<year>\d{3,4})"
)


def _year(answer: str, gold: str, question: str) -> str:
    """The year of a date, "14 July 1789", where a question asks for a year; else ""."""
    if not gold.strip().isdigit() or not YEAR_ASKED.search(asking(question)):
        return ""
    match = OF_YEAR.fullmatch(said(tidy(answer)))
    return match["year"] if match else ""


TWO_THINGS = re.compile(
    r"\b(?:two|three)\s+(?:[a-z]+\s+){0,3}(?:numbers|integers|lengths|digits|angles|sides|primes)\b", re.IGNORECASE
)
NAMED_TUPLE = re.compile(r"\$?\(\s*(?P<names>[A-Za-z](?:\s*,\s*[A-Za-z])+)\s*\)\s*=\s*\((?P<said>[^()=]*)\)\$?")


def _named_tuple(answer: str, gold: str, question: str) -> str:
    """The values of a tuple that says whose they are, where the gold answer is a list and the names stand in the question's order."""
    match = NAMED_TUPLE.fullmatch(answer.strip(" ."))
    if match is None or re.search(r"[(\[{=]", gold) or "," not in gold:
        return ""
    names = re.findall("[A-Za-z]", match["names"])
    places = [re.search(rf"(?<![A-Za-z\\]){name}(?![A-Za-z])", question) for name in names]
    found = [place.start() for place in places if place]
    wanted, given = parts(gold), split_top(match["said"])
    in_order = len(found) == len(names) == len(given) == len(wanted) and found == sorted(found)
    return match["said"] if in_order and all(map(is_part, wanted, given)) else ""


TUPLE = re.compile(r"\$?\((?P<said>[^()]*,[^()]*)\)\$?")


def _several(answer: str, gold: str, question: str) -> str:
    """Several values that an answer has as a tuple, where the question asks for numbers or names and the gold answer has no tuple."""
    match = TUPLE.fullmatch(answer.strip(" ."))
    if match is None or re.search(r"[(\[{=]", gold):
        return ""
    asked = TWO_THINGS.search(question) or is_in_order_of_names(len(parts(gold)), question)
    return match["said"] if asked else ""


def _of_thing(answer: str, gold: str, question: str) -> str:
    """The gold answer, where an answer adds the thing that the question asks about: "valid argument"; else ""."""
    wanted = gold.strip(" .").casefold()
    if not wanted.isalpha():
        return ""
    plain = said(answer).strip(" .*").casefold()
    thing = plain.rpartition(" ")[2]
    named = len(thing) > 3 and re.search(rf"\b{re.escape(thing)}\b", question, re.IGNORECASE)
    return gold if named and plain in (f"{wanted} {thing}", f"an {wanted} {thing}", f"a {wanted} {thing}") else ""


def _unit(answer: str, gold: str, question: str) -> str:
    """The gold answer, a unit, where the question asks for one and an answer has its symbol or its name; else ""."""
    known = unit_name(said(gold)) if re.search(r"\bunit\b", question) else None
    return gold if known and known == unit_name(said(answer).strip(" .")) else ""


# "x1 = 3"
PLAIN_NUMBERED = re.compile(r"(?<![A-Za-z\\\d])(?P<name>[a-z])(?P<number>[1-9])(?=\s*=)")
IS_NUMBERED = re.compile(r"(?<![A-Za-z\\])(?P<name>[a-z])(?:_\{?\d\}?|[\u2081-\u2089])")
NUMBERED = re.compile(rf"{IS_NUMBERED.pattern}(?=\s*=)")


def _unnumbered(answer: str, gold: str, question: str) -> str:
    """The values of a name that an answer has numbered, "x_1 = 3, x_2 = 5", and neither the gold answer nor the question; else ""."""
    answer = PLAIN_NUMBERED.sub(r"\g<name>_\g<number>", answer)
    names = {match["name"] for match in NUMBERED.finditer(answer)}
    name = names.pop() if len(names) == 1 else ""
    if (
        not name
        or (re.match(rf"\$?{name}\s*=", gold) is None and "=" in gold)
        or IS_NUMBERED.search(f"{gold} {question}")
        or re.search(rf"(?<![A-Za-z]){name}\s*=", answer)
    ):
        return ""
    return NUMBERED.sub(r"\g<name>", answer)


SHORTER = (
    _unnumbered, _year, _own_value, _option_text, name_of, _named_tuple, _several, _of_thing, ranked, chained, coefficients, assigned,
    solved, numbered, intercept, _unit, without_step, without_given, without_domain, same_whole, value_of_ratio, rounded, labelled_as_asked,
    without_interval, with_all, money_per, of_counted, of_several, no_remainder, with_most, at_the_end, without_known, values_of_call,
    _asked_item, by_names, as_list, united, in_basis, of_identity, as_truths, with_consequence, in_another_unit,
)  # fmt: skip


def boxes_together(gold: str, response: str) -> str:
    """The contents of all boxes of a response, each with the label of its item, if they are as many as the gold answer has values."""
    found = boxes(response)
    if gold.lstrip("$ ").startswith("(") and all(content and "=" in content for _, _, content in found):
        each = [tuples_of(tidy(content or "")) for _, _, content in found]
        if all(each):  # "Case x = 2: \\boxed{x = 2, y = 3}. Case y = 1: ..."
            return ", ".join(one for tuples in each for one in tuples)
    wanted = {
        len(parts(gold)),
        len(things_of(gold)),
        len(split_top(gold)),
        gold.count(",") + 1 if ONE_TUPLE.fullmatch(gold) else 1,
    }
    if (
        len(found) < 2
        or len(found) not in wanted
        or any(not content for _, _, content in found)
        or (AGAINST.search(response, found[0][1]) and not _all_named([content for _, _, content in found]))
    ):
        return ""
    said = []
    for start, _, content in found:
        label = ITEM_LABEL.match(response[response.rfind("\n", 0, start) + 1 : start])
        name = NAMED_BOX.search(response, max(0, start - MAX_NAME), start)
        written = f"{name['name']} = {content}" if name else str(content)
        said.append(f"{label['label']}: {content}" if label and things_of(gold) else written)
    return ", ".join(said)


def _all_named(contents: list[str | None]) -> bool:
    """Whether every box has another name for its value: `x = 3`, `y = 4`."""
    names = [
        match["name"] if (match := re.match(r"\s*(?P<name>[a-z])\s*=[^=]+$", content or "")) else ""
        for content in contents
    ]
    return all(names) and len({*names}) == len(names)
