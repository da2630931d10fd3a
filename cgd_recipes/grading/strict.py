"""The strict grader: no rounding, no factor of a hundred, nothing accepted that was cut off."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from cgd_recipes.grading.clean import clean, key
from cgd_recipes.grading.extract import boxes, extract_answer
from cgd_recipes.grading.gold import Gold, Grade, faulty, judged
from cgd_recipes.grading.number import Number, as_number, same_number
from cgd_recipes.grading.structure import (
    MAX_ITEMS,
    UNION,
    Group,
    interval_of,
    shape,
    signs,
    spaced_items,
    split_top,
    too_deep,
)
from cgd_recipes.grading.text import kind_of, option, truth, words
from cgd_recipes.grading.unit import split_unit, unit_name, units_differ, without_letter

ASSIGNED = r"(?:\\angle\s*)?(?:\\?[A-Za-z]+(?:\s*_\s*(?:\{[^{}]*\}|\w))?'*(?:\s*\([A-Za-z\d, ]+\))?|(?:[A-Z]\s*(?:_\{?\d\}?)?\s*){2,4})"
ASSIGNMENT = re.compile(rf"^\s*(?P<name>{ASSIGNED})\s*=\s*(?P<value>[^=].*)$")
BASE = re.compile(r"^(?P<digits>[0-9A-Za-z]+)\s*_\s*\{?\s*(?:\\text\s*\{\s*)?\(?\s*(?P<base>\w+)\s*\)?\s*\}?\s*\}?$")
BASE_WORDS = {"two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9"}
# Longer answers are left to a process that can be ended.
QUICK_LENGTH = 300
LABEL = re.compile(r"^\\text\s*\{[^{}]*(?:\bis|\bare|[:=])\s*\}\s*(?=\S)")


class Rule(NamedTuple):
    """What of a gold answer bears on the comparison of single values.

    Args:
        tolerance: as in Gold.
        percent: the dataset's unit is percent.
        lone_name: a name before an interval is the name of the whole.
    """

    tolerance: float | None = None
    percent: bool = False
    lone_name: bool = False


def grade_strict(gold: Gold, response: str) -> Grade:
    """Grade a response by its final answer.

    Raises:
        ModuleNotFoundError: the answer is no plain number, list or word, and math-verify is not installed.
    """
    quick = settled(gold, response)
    return quick if isinstance(quick, Grade) else judged(quick, same_answer(gold, quick))


def settled(gold: Gold, response: str) -> Grade | str:
    """The grade of a response where it is plain at once, else its final answer, which needs a closer look."""
    answer, fault = extract_answer(response)
    if fault:
        return faulty(answer, fault)
    if len(answer) <= QUICK_LENGTH and (plain := certain(gold, answer)) is not None:
        return judged(answer, plain)
    return answer


def certain(gold: Gold, answer: str) -> bool | None:
    """Whether an answer is right, where that is plain without math-verify: the same text, or both plain numbers."""
    if key(gold.text) == key(answer):
        return True
    if gold.multiple or gold.unit or gold.kind in ("boolean", "option", "text", "list"):
        return None
    ours, theirs = as_number(clean(gold.text)), as_number(clean(answer))
    return same_number(ours, theirs, gold.tolerance) if ours and theirs else None


def same_answer(gold: Gold, answer: str) -> bool | None:
    """Whether an answer is the gold answer; None where the answer cannot be read."""
    for _, _, inner in boxes(gold.text)[-1:]:
        gold = gold._replace(text=inner or gold.text)
    if too_deep(answer):
        return None
    if (plain := certain(gold, answer)) is not None:
        return plain
    kind = kind_of(gold.text) if gold.kind == "auto" else gold.kind
    if kind == "boolean":
        return truth(gold.text) is not None and truth(gold.text) == truth(answer)
    if kind == "option":
        return option(gold.text) is not None and option(gold.text) == option(answer)
    if kind == "text":
        return words(gold.text) == words(answer)
    return same_quantity(gold, answer, kind)


def same_quantity(gold: Gold, answer: str, kind: str) -> bool | None:
    """Whether an answer that is no word is the gold answer."""
    ours, unit = split_unit(clean(gold.text))
    theirs, their_unit = split_unit(LABEL.sub("", clean(answer)))
    if units_differ(gold.unit or unit, their_unit):
        return False
    rule = Rule(gold.tolerance, unit_name(gold.unit or unit) == "%", kind == "interval")
    # A percent sign is no unit: 10% is 0.1.
    ours, theirs = (
        text + "%" if unit_name(name) == "%" else text for text, name in ((ours, unit), (theirs, their_unit))
    )
    if as_number(ours.rstrip("%")) and not their_unit:
        theirs = without_letter(theirs)
    left = shape(ours, listed=gold.multiple or kind == "list", lone_name=kind == "interval")
    right = shape(theirs, listed=isinstance(left, Group), lone_name=kind == "interval")
    if kind == "list":
        return same_list(left, right, rule)
    return same_shape(left, right, theirs, rule)


def same_list(left: Group | str, right: Group | str, rule: Rule) -> bool | None:
    """Whether two lists have the same items in the same order, in whatever brackets."""
    ours, theirs = (one.items if isinstance(one, Group) else (one.strip("()[]"),) for one in (left, right))
    return same_items(ours, theirs, rule)


def same_shape(left: Group | str, right: Group | str, text: str, rule: Rule) -> bool | None:
    """Whether two answers have the same shape and the same values.

    Args:
        left: the gold answer.
        right: the answer.
        text: the answer before it was taken apart.
        rule: see Rule.
    """
    if isinstance(left, str) and isinstance(right, str):
        return same_single(left, right, rule)
    if isinstance(left, Group) and len(left.brackets) == 2 and isinstance(right, str):
        right = interval_of(right) or right
    if isinstance(right, Group) and len(right.brackets) == 2 and isinstance(left, str):
        left = interval_of(left) or left
    if not isinstance(left, Group) or not isinstance(right, Group):
        return False
    if left.brackets == right.brackets and left.ordered:
        return same_items(left.items, right.items, rule)
    if left.brackets == "()" and right.brackets == "":
        return same_items(left.items, right.items, rule)
    if left.ordered or right.ordered or (UNION in (left.brackets + right.brackets) and left.brackets != right.brackets):
        return False
    items = list(right.items)
    if len(items) != len(left.items) and right.brackets == "":
        items = spaced_items(text) or items
    return same_in_any_order(left.items, items, rule)


def same_items(ours: tuple[str, ...], theirs: tuple[str, ...], rule: Rule) -> bool | None:
    """Whether two sequences have the same items in the same order."""
    if len(ours) != len(theirs):
        return False
    return every(same_nested(mine, yours, rule) for mine, yours in zip(ours, theirs, strict=True))


def every(verdicts: Iterable[bool | None]) -> bool | None:
    """False where one verdict is, None where one is and none is False, else True."""
    unread = False
    for verdict in verdicts:
        if verdict is False:
            return False
        unread = unread or verdict is None
    return None if unread else True


def same_in_any_order(ours: tuple[str, ...], theirs: list[str], rule: Rule) -> bool | None:
    """Whether two collections have the same items, each as often."""
    if len(ours) != len(theirs) or len(ours) > MAX_ITEMS:
        return False
    left = list(theirs)
    for mine in ours:
        found = next((yours for yours in left if same_nested(mine, yours, rule)), None)
        if found is None:
            return False
        left.remove(found)
    return True


def same_nested(ours: str, theirs: str, rule: Rule) -> bool | None:
    """Whether two items of a list are the same; they may be tuples, intervals or rows of a matrix."""
    if key(ours) == key(theirs):
        return True
    if "&" in ours or "&" in theirs:
        return same_items(tuple(split_top(ours, "&")), tuple(split_top(theirs, "&")), rule)
    theirs, their_unit = split_unit(theirs)
    ours, unit = split_unit(ours)
    if units_differ(unit, their_unit):
        return False
    percents = [text + "%" if unit_name(name) == "%" else text for text, name in ((ours, unit), (theirs, their_unit))]
    return same_shape(shape(percents[0]), shape(percents[1]), theirs, rule)


def same_single(ours: str, theirs: str, rule: Rule) -> bool | None:
    """Whether two single values are the same: numbers, numbers in a base, equations, expressions, percentages."""
    if key(ours) == key(theirs):
        return True
    if BASE.match(ours) and (base := same_in_base(ours, theirs)) is not None:
        return base
    if r"\approx" in theirs:
        return any(same_single(ours, part, rule) for part in split_top(theirs, r"\approx") if not dangling(part))
    if "=" in ours or "=" in theirs:
        return same_assigned(ours, theirs, rule)
    if signs(ours) != [ours] or signs(theirs) != [theirs]:
        return same_in_any_order(tuple(signs(ours)), signs(theirs), rule)
    return same_percent(ours, theirs, rule)


def dangling(part: str) -> bool:
    r"""Whether a side of \approx is a mere name."""
    return re.fullmatch(ASSIGNED, part) is not None


def same_assigned(ours: str, theirs: str, rule: Rule) -> bool | None:
    """Whether two values are the same, of which at least one is an equation or is given a name, as in `x = 5`."""
    mine, yours = ASSIGNMENT.match(ours), ASSIGNMENT.match(theirs)
    value = yours["value"] if yours else theirs
    if mine and yours and key(mine["name"]) == key(yours["name"]):
        return same_single(mine["value"], split_top(value, "=")[-1], rule)
    if mine and "=" not in theirs:
        return same_single(mine["value"], theirs, rule)
    if "=" not in ours:
        # "m + n = 113" states 113; "x^2 - 4 = 0" states an equation.
        last = split_top(value, "=")[-1]
        return False if not yours and last == "0" else same_single(ours, last, rule)
    from cgd_recipes.grading.symbolic import same_value

    return same_value(ours, theirs)


def same_in_base(ours: str, theirs: str) -> bool | None:
    """Whether an answer has the digits of a gold such as `52_8`, and its base or none; None where gold has no base."""
    mine = BASE.match(ours)
    if mine is None or not mine["digits"].isdigit():
        return None
    yours = BASE.match(theirs)
    if yours is None:
        return theirs.replace(" ", "") == mine["digits"]
    bases = [BASE_WORDS.get(match["base"].lower(), match["base"]) for match in (mine, yours)]
    return mine["digits"] == yours["digits"] and bases[0] == bases[1]


def same_percent(ours: str, theirs: str, rule: Rule) -> bool | None:
    """Whether two values are the same, either of which may be a percentage.

    10% is 0.1; and "10" to a gold of 10%, or 10% to a gold of 10, is the same number with its unit left out or put
    beside it. A number up to 1 is always read as a share, so that 0.5% is never 0.5.
    """
    mine, yours = ours.endswith("%"), theirs.endswith("%")
    gold, answer = ours.rstrip("% "), theirs.rstrip("% ")
    if rule.percent and not mine:
        mine = True
        if same_plain(gold, answer, rule):
            return True
    if mine == yours:
        return same_plain(gold, answer, rule)
    bare = as_number(answer if mine else gold)
    verdict = same_plain(hundredth(gold), answer, shrunk(rule)) if mine else same_plain(gold, hundredth(answer), rule)
    if verdict or bare is None or abs(bare.value) <= 1:
        return verdict
    return same_plain(gold, answer, rule)


def hundredth(text: str) -> str:
    """A percentage as a share."""
    number = as_number(text)
    if number is None:
        return rf"\frac{{{text}}}{{100}}"
    value = number.value / 100
    return f"{value.numerator}/{value.denominator}"


def shrunk(rule: Rule) -> Rule:
    """The tolerance of a percentage, for shares."""
    return rule if rule.tolerance is None else rule._replace(tolerance=rule.tolerance / 100)


def same_plain(ours: str, theirs: str, rule: Rule) -> bool | None:
    """Whether two values without unit, percent sign and equals sign are the same."""
    mine, yours = as_number(ours), as_number(theirs)
    if mine and yours:
        return same_number(mine, yours, rule.tolerance)
    from cgd_recipes.grading.symbolic import same_rounded, same_value

    # Plain numbers go in as exact fractions: a decimal is no more than its digits.
    if mine and mine.decimal and same_rounded(theirs, mine, rule.tolerance):
        return True
    if yours and yours.decimal and same_rounded(ours, yours, rule.tolerance):
        return True
    return same_value(as_fraction(ours, mine), as_fraction(theirs, yours))


def as_fraction(text: str, number: Number | None) -> str:
    """A plain number as an exact fraction for the parser; any other text as it is."""
    if number is None:
        return text
    value: Fraction = number.value
    if value.denominator == 1:
        return str(value.numerator)
    sign = "-" if value < 0 else ""
    return rf"{sign}\frac{{{abs(value.numerator)}}}{{{value.denominator}}}"
