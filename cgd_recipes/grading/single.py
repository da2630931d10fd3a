"""Whether two single values are the same: numbers, percentages, numbers in a base, equations, expressions."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import NamedTuple

from cgd_recipes.grading.clean import key
from cgd_recipes.grading.number import Number, as_number, same_number
from cgd_recipes.grading.structure import split_top

NAME = r"\\?[A-Za-z]+(?:\s*_\s*(?:\{[^{}]*\}|\w))?'*(?:\s*\([A-Za-z\d, ]+\))?"
# AB, A_1B; \angle ABC
POINTS = r"(?:[A-Z]\s*(?:_\{?\d\}?)?\s*){2,4}"
DERIVATIVE = r"\\frac\s*\{\s*d[^{}]*\}\s*\{\s*d[^{}]*\}|\\d?dot\s*\{[^{}]*\}"
ASSIGNED = rf"(?:\\angle\s*)?(?:{NAME}|{POINTS}|{DERIVATIVE})"
ASSIGNMENT = re.compile(rf"^\s*(?P<name>{ASSIGNED})\s*=\s*(?P<value>[^=].*)$")
CALL = re.compile(r"^(?P<function>\\?[A-Za-z]+)\s*\((?P<variable>[A-Za-z])\)$")
BASE = re.compile(r"^(?P<digits>[0-9A-Za-z]+)\s*_\s*\{?\s*(?:\\text\s*\{\s*)?\(?\s*(?P<base>\w+)\s*\)?\s*\}?\s*\}?$")
BASE_WORDS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
# "1 0" is neither ten nor zero.
APART = re.compile(r"(?<![_^\d])\d+ +\d")
BARE_LOG = re.compile(r"\\log(?![A-Za-z]|\s*_)")


class Rule(NamedTuple):
    """What of a gold answer bears on the comparison of single values.

    Args:
        tolerance: as in Gold.
        percent: the dataset's unit is percent.
    """

    tolerance: float | None = None
    percent: bool = False


def same_single(ours: str, theirs: str, rule: Rule) -> bool | None:
    """Whether two cleaned single values are the same, ours the gold; None where theirs cannot be read."""
    if key(ours) == key(theirs):
        return True
    if (based := same_in_base(ours, theirs)) is not None:
        return based
    if len(forms := split_top(theirs, r"\approx")) > 1:
        return any(same_single(ours, form, rule) for form in forms if not is_name(form))
    if is_equation(ours) or is_equation(theirs):
        return same_assigned(ours, theirs, rule)
    return same_percent(ours, theirs, rule)


def is_equation(text: str) -> bool:
    """Whether an equals sign stands outside all brackets; that of a sum stands inside."""
    return len(split_top(text, "=")) > 1


def is_name(text: str) -> bool:
    """Whether a text is a mere name, to which a value may be given."""
    return re.fullmatch(ASSIGNED, text) is not None


def same_assigned(ours: str, theirs: str, rule: Rule) -> bool | None:
    """Whether two values are the same, of which at least one is an equation or is given a name, as in `x = 5`."""
    mine, yours = (ASSIGNMENT.match(text) if is_equation(text) else None for text in (ours, theirs))
    value = yours["value"] if yours else theirs
    if mine and yours:
        if plain_name(mine["name"]) == plain_name(yours["name"]):
            return same_single(mine["value"], split_top(value, "=")[-1], rule)
        if (renamed := with_variable_of(mine["name"], yours["name"], value)) is not None:
            return same_single(mine["value"], renamed, rule)
    if mine and not is_equation(theirs):
        return same_single(mine["value"], theirs, rule)
    if not is_equation(ours):
        # "m + n = 113" states 113; "x^2 - 4 = 0" states an equation.
        last = split_top(value, "=")[-1]
        return False if not yours and last == "0" else same_single(ours, last, rule)
    from cgd_recipes.grading.symbolic import same_value

    return same_value(ours, theirs)


def plain_name(name: str) -> str:
    r"""The key of a name; `m_{\max}` is `m`."""
    return re.sub(r"_\s*(?:\{[\s\\]*(?:text\{\s*)?(?:max|min)[\s}]*\}|\\(?:max|min))", "", key(name))


def with_variable_of(ours: str, theirs: str, value: str) -> str | None:
    """The value of f(x) as one of f(n), where ours is f(n) and theirs f(x); None where they are not calls of one function."""
    mine, yours = CALL.match(ours.strip()), CALL.match(theirs.strip())
    if not mine or not yours or mine["function"] != yours["function"]:
        return None
    names = re.findall(r"\\[A-Za-z]+|[A-Za-z]", value)
    if mine["variable"] in names:
        return None
    swap = {yours["variable"]: mine["variable"]}
    return re.sub(r"\\[A-Za-z]+|[A-Za-z]", lambda name: swap.get(name[0], name[0]), value)


def same_in_base(ours: str, theirs: str) -> bool | None:
    """Whether two numbers are the same, at least one of which states its base; None where none does.

    The digits of a gold such as `52_8` may come without the base, which the question gave; a base of the answer's own, to a
    gold without one, makes it the number of that value.
    """
    mine, yours = base_number(ours), base_number(theirs)
    if mine and yours:
        return mine == yours
    if mine:
        return re.sub(r"\s", "", theirs) == mine[0]
    gold = as_number(ours)
    if yours and gold:
        try:
            return gold.value == int(yours[0], yours[1])
        except ValueError:  # a digit or a base that there is not
            return False
    return None


def base_number(text: str) -> tuple[str, int] | None:
    r"""Digits and base of a number such as `52_8` or `4210_{\text{five}}`; None where it is none."""
    match = BASE.match(text)
    if match is None or not match["digits"][0].isdigit():
        return None
    base = BASE_WORDS.get(match["base"].lower(), match["base"])
    return (match["digits"], int(base)) if str(base).isdigit() and len(str(base)) < 3 else None


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
    if yours is None and APART.search(theirs):
        return None
    from cgd_recipes.grading.symbolic import same_rounded, same_value

    # Plain numbers go in as exact fractions: a decimal is no more than its digits.
    if mine and mine.decimal and same_rounded(theirs, mine, rule.tolerance):
        return True
    if yours and yours.decimal and same_rounded(ours, yours, rule.tolerance):
        return True
    ours, theirs = as_fraction(ours, mine), as_fraction(theirs, yours)
    verdict = same_value(ours, theirs)
    if not verdict and BARE_LOG.search(ours + theirs):  # \log is read as to the base of ten; many mean the natural one
        return same_value(BARE_LOG.sub(r"\\ln ", ours), BARE_LOG.sub(r"\\ln ", theirs))
    return verdict


def as_fraction(text: str, number: Number | None) -> str:
    """A plain number as an exact fraction for the parser; any other text as it is."""
    if number is None:
        return text
    value: Fraction = number.value
    if value.denominator == 1:
        return str(value.numerator)
    sign = "-" if value < 0 else ""
    return rf"{sign}\frac{{{abs(value.numerator)}}}{{{value.denominator}}}"
