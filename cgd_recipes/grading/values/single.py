"""Whether two single values are the same: numbers, percentages, numbers in a base, equations, chains, expressions."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import NamedTuple

from cgd_recipes.grading.notation.chemistry import same_formula
from cgd_recipes.grading.notation.clean import key
from cgd_recipes.grading.notation.number import as_fraction, as_number, same_number
from cgd_recipes.grading.notation.separated import as_fraction_text, same_notation
from cgd_recipes.grading.notation.structure import split_top
from cgd_recipes.grading.notation.text import CONCLUDES
from cgd_recipes.grading.values.family import Names, same_family

NAME = (
    r"\\?[A-Za-z]+(?:\s*_\s*(?:\{[^{}]*\}|\w))?'*(?:\s*\^\s*\{?\s*(?:\*|\\ast|\\star)\s*\}?)?(?:\s*\([A-Za-z\d, ]+\))?"
)
# AB, A_1B; \angle ABC
POINTS = r"(?:[A-Z]\s*(?:_\{?\d\}?)?\s*){2,4}"
DERIVATIVE = r"\\frac\s*\{\s*d[^{}]*\}\s*\{\s*d[^{}]*\}|\\d?dot\s*\{[^{}]*\}"
ASSIGNED = rf"(?:\\angle\s*)?(?:{NAME}|{POINTS}|{DERIVATIVE})"
ASSIGNMENT = re.compile(rf"^\s*(?P<name>{ASSIGNED})\s*=\s*(?P<value>[^=].*)$")
CALL = re.compile(r"^(?P<function>\\?[A-Za-z]+)\s*\((?P<variable>[A-Za-z])\)$")
# What a value may be said to be of: |AB|, \sin\theta (but not \sin\frac12), P(A), \text{Area}, m(\angle A).
QUANTITY = re.compile(
    r"\|\s*(?:[A-Z]|\\|z|w)[^|=]*\||\\(?:sin|cos|tan|cot|sec|csc)(?![A-Za-z])(?!(?:[^A-Za-z\\]|\\(?:frac|sqrt|pi)(?![A-Za-z]))*$)\s*\(?\d?\s*(?:\\[a-z]+|[A-Z]).*|\\(?:lim|det|dim|max|min|gcd|lcm|deg|angle|triangle|overline|bar|vec|hat|widehat|lvert|Delta)(?![A-Za-z]).*|"
    r"[A-Za-z]\s*(?:_\{?\w+\}?)?\s*(?:\^\s*\{\s*-1\s*\})?\s*[(\[][^=]*[)\]]|\\text\s*\{[^{}]*\}.*|\[(?:[A-Z]+|\\[a-z]+(?:_\{?\w+\}?)?)\]|\\[lr]?[Vv]ert.*|\(\s*(?:[A-Za-z]|\\[a-z]+)(?:_\{?\w+\}?)?\s*\)"
)
LETTER = re.compile(
    r"\\(?!(?:frac|binom|cdot|times|sqrt|pi|text|left|right|quad|ln|log|exp|(?:arc)?(?:sin|cos|tan)|cot|sec|csc|sinh|cosh|tanh|pm|infty|circ)(?![A-Za-z]))[A-Za-z]+|(?<!\\)(?<![A-Za-z])[A-Za-z](?:_(?:\{\w+\}|\w))?"
)
LETTERS = re.compile(rf"(?<![A-Za-z\\])[A-Z]{{2,}}(?![a-z])|{LETTER.pattern}")  # `BE` is one name
BASE = re.compile(
    r"^(?P<open>\()?\s*(?P<digits>[0-9A-Za-z]+)\s*(?(open)\))\s*_\s*\{?\s*(?:\\text\s*\{\s*)?\(?\s*(?P<base>\w+)\s*\)?\s*\}?\s*\}?$"
)
BASE_WORDS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
# "1 0" is neither ten nor zero.
APART = re.compile(r"(?<![_^\d])\d+ +\d")
BARE_LOG = re.compile(r"\\log(?![A-Za-z]|\s*_)")
RATIO = re.compile(rf"\\frac\s*\{{\s*{ASSIGNED}\s*\}}\s*\{{\s*{ASSIGNED}\s*\}}|{ASSIGNED}\s*/\s*{ASSIGNED}")
IS_NAME = re.compile(ASSIGNED)
# `\frac{GM}{Rc^2}`, `mg/(kA)`
GREEK = r"\\(?:(?:var)?epsilon|alpha|beta|gamma|eta|theta|lambda|mu|nu|rho|sigma|tau|omega|hbar)(?![a-z])"
NAMES = rf"\d?(?:\s*(?:{GREEK}|[A-Za-z])(?:_\{{?\w\}}?)?(?:\^\d)?){{1,6}}\s*"
FORMULA = re.compile(rf"\\frac\s*\{{{NAMES}\}}\s*\{{{NAMES}\}}|{NAMES}/\s*(?:\({NAMES}\)|[A-Za-z])")
NAMED = (IS_NAME, QUANTITY, RATIO, FORMULA)  # the last one where the gold answer is a number
# "Rejected = 12", which nobody says of an answer
REJECTED = re.compile(
    r"\b(?:reject|discard|exclud|eliminat|extraneous|wrong|incorrect|invalid|false|not|guess|hint|example|subtotal|trap|mistake|error)(?:s|ed)?\b",
    re.IGNORECASE,
)
CHANCE = re.compile(r"\bP\s*\(\s*\\text\s*\{[^{}]*\}\s*\)")
TO_BE_SOLVED = re.compile(r"\\(?:log|ln|exp)(?![A-Za-z])|-?\d+\s*(?:\\left)?\([^()]*\)$")
MAX_CHAIN = 8
MIXED = re.compile(r"(?<![\w.})^_])(\d{1,9})\s*\\frac\s*\{(\d{1,9})\}\s*\{(\d{1,9})\}")


class Rule(NamedTuple):
    """What of a gold answer and an answer bears on the comparison of their single values.

    Args:
        tolerance: as in Gold.
        percent: the dataset's unit is percent.
        names: those that may be chosen freely.
    """

    tolerance: float | None = None
    percent: bool = False
    names: Names = Names()


def same_single(gold: str, answer: str, rule: Rule) -> bool | None:
    """Whether two cleaned single values are the same; None where that cannot be told."""
    if key(gold) == key(answer):
        return True
    for compare in (same_formula, same_in_base, same_notation):
        if (same := compare(gold, answer)) is not None:
            return same
    if is_equation(gold):
        return same_equation(gold, answer, rule)
    if is_equation(answer) or len(split_top(answer, r"\approx")) > 1:
        return same_chain(gold, answer, rule)
    return same_percent(as_fraction_text(gold), as_fraction_text(answer), rule)


def is_equation(text: str) -> bool:
    """Whether an equals sign stands outside all brackets; that of a sum stands inside."""
    return len(split_top(text, "=")) > 1


def is_name(text: str) -> bool:
    """Whether a text is a mere name, to which a value may be given."""
    return IS_NAME.fullmatch(text) is not None


def is_label(text: str) -> bool:
    r"""Whether the left side of an equation names what its right side is the value of: `x`, `f(3)`, `m + n`, `\sin\theta`.

    `-x = 5`, `2x = 10` and `x + 1 = 6` have one name, and state what that is instead. So does a logarithm of several names.
    """
    text = text.strip()
    if text in (r"\pi", "e", "i", r"\infty") or TO_BE_SOLVED.match(text) or REJECTED.search(CHANCE.sub("", text)):
        return False
    if is_name(text) or QUANTITY.fullmatch(text):
        return True
    names = {match[0] for match in LETTERS.finditer(text.replace(r"\Delta", ""))} - {"e", "i"}
    return len(names) > 1 and not (re.search(r"\\text|[<>]", text) or CONCLUDES.search(text))


def same_chain(gold: str, answer: str, rule: Rule) -> bool | None:
    r"""Whether a chain such as `x = \frac{5}{2} = 2.5` or `\pi \approx 3.14` gives the gold answer.

    Names may stand before the values, or one after them. All values must be the gold answer, or behind an approximate sign its
    rounding; one at least must be the gold answer itself.
    """
    several = len(parts := chain(answer)) > 1  # `k = 10-3` is no score
    constant = not ({*LETTER.findall(gold)} - {"e", "i"} or CONCLUDES.search(answer))
    while len(parts) > 1 and is_label(parts[0][1]) and not same_value_of(gold, parts[0][1], rule):
        if parts[1][0] == r"\approx" and not any(each.fullmatch(parts[0][1]) for each in NAMED[: 3 + constant]):
            break
        parts = parts[1:]
        while len(parts) > 1 and parts[0][0] == "=" and constant and {*LETTER.findall(parts[0][1])} - {"e", "i"}:
            parts = parts[1:]  # `\\frac{1}{a} + \\frac{1}{b} = \\frac{1}{PR} = \\frac{1}{60}`
    sign, last = parts[-1]
    if len(parts) > 1 and sign == "=" and re.fullmatch(NAME, last) and not same_value_of(gold, last, rule):
        parts = parts[:-1]
    if len(parts) > MAX_CHAIN:
        return None
    exact = 0
    for sign, value in parts:
        value = re.sub(r"(?<=\d)-(?=\d)", " - ", value) if several else value
        same = same_single(gold, value, rule) if not is_equation(value) else None
        exact += bool(same)
        if not same and not (sign == r"\approx" and is_rounding(gold, value)):
            return same
    return exact > 0


def same_value_of(gold: str, name: str, rule: Rule) -> bool:
    """Whether a name or label is the gold answer itself, as in `n = n`."""
    return bool(LETTER.search(gold)) and bool(same_plain(gold, name, rule))


def chain(text: str) -> list[tuple[str, str]]:
    r"""The parts of a chain with the sign before each: "=" or `\approx`, "" for the first."""
    parts = []
    for place, equal in enumerate(split_top(text, "=")):
        for turn, value in enumerate(split_top(equal, r"\approx")):
            parts.append((r"\approx" if turn else "=" if place else "", value))
    return parts


def is_rounding(gold: str, written: str) -> bool:
    """Whether a decimal is the gold answer rounded or cut off at the decimal's own last digit."""
    number = as_number(written.rstrip("°% "))
    if number is None:
        return False
    exact = as_number(gold.rstrip("°% "))
    value = exact.value if exact else None
    if value is None:
        from cgd_recipes.grading.values.symbolic import constant

        value = constant(gold.rstrip("°% "))
    unit = Fraction(10) ** -number.places
    return value is not None and number.digits > 0 and -unit / 2 <= number.value - value <= unit / 2


def same_equation(gold: str, answer: str, rule: Rule) -> bool | None:
    """Whether an answer is a gold answer that is an equation or gives a name a value, as in `x = 5`."""
    assigned, given = ASSIGNMENT.match(gold), ASSIGNMENT.match(answer) if is_equation(answer) else None
    if assigned and given:
        if plain_name(assigned["name"]) == plain_name(given["name"]):
            return same_single(assigned["value"], given["value"], rule)
        if (renamed := with_variable_of(assigned["name"], given["name"], given["value"])) is not None:
            return same_single(assigned["value"], renamed, rule)
    if assigned and not is_equation(answer):
        return same_single(assigned["value"], answer, rule)
    if not is_equation(answer):
        return False
    from cgd_recipes.grading.values.symbolic import same_value

    return same_value(gold, answer)


def plain_name(name: str) -> str:
    r"""The key of a name; `m_{\max}` is `m`."""
    return re.sub(r"_\s*(?:\{[\s\\]*(?:text\{\s*)?(?:max|min)[\s}]*\}|\\(?:max|min))", "", key(name))


def with_variable_of(gold: str, answer: str, value: str) -> str | None:
    """The value of f(x) as one of f(n), where the gold names f(n) and the answer f(x); None where these are not one function."""
    wanted, called = CALL.match(gold.strip()), CALL.match(answer.strip())
    if not wanted or not called or wanted["function"] != called["function"]:
        return None
    names = re.findall(r"\\[A-Za-z]+|[A-Za-z]", value)
    if wanted["variable"] in names:
        return None
    swap = {called["variable"]: wanted["variable"]}
    return re.sub(r"\\[A-Za-z]+|[A-Za-z]", lambda name: swap.get(name[0], name[0]), value)


def same_in_base(gold: str, answer: str) -> bool | None:
    """Whether two numbers are the same, at least one of which states its base; None where none does.

    The digits of a gold such as `52_8` may come without the base, which the question gave; a base of the answer's own, to a
    gold without one, makes it the number of that value.
    """
    based_gold, based_answer = base_number(gold), base_number(answer)
    if based_gold and based_answer:
        return based_gold == based_answer
    if based_gold:
        return re.sub(r"\s", "", answer) == based_gold[0]
    number = as_number(gold)
    if based_answer and number:
        try:
            return number.value == int(based_answer[0], based_answer[1])
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


def same_percent(gold: str, answer: str, rule: Rule) -> bool | None:
    """Whether two values are the same, either of which may be a percentage.

    10% is 0.1; and "10" to a gold of 10%, or 10% to a gold of 10, is the same number with its unit left out or put
    beside it. A number up to 1 is always read as a share, so that 0.5% is never 0.5.
    """
    of_gold, of_answer = gold.endswith("%"), answer.endswith("%")
    gold, answer = gold.rstrip("% "), answer.rstrip("% ")
    if rule.percent and not of_gold:
        of_gold = True
        if same_plain(gold, answer, rule):
            return True
    if of_gold == of_answer:
        return same_plain(gold, answer, rule)
    bare = as_number(answer if of_gold else gold)
    verdict = (
        same_plain(hundredth(gold), answer, shrunk(rule)) if of_gold else same_plain(gold, hundredth(answer), rule)
    )
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


def improper(text: str) -> str:
    r"""A text with its mixed numbers as fractions: `22\frac{1}{3}\pi` is 67/3 times pi, as `22\frac{1}{3}` is 67/3."""

    def fraction(match: re.Match[str]) -> str:
        whole, above, below = (int(part) for part in match.groups())
        return rf"\frac{{{whole * below + above}}}{{{below}}}" if above < below else match[0]

    return MIXED.sub(fraction, text)


def same_plain(gold: str, answer: str, rule: Rule) -> bool | None:
    """Whether two values without unit, percent sign and equals sign are the same."""
    gold_number, number = as_number(gold), as_number(answer)
    if gold_number and number:
        return same_number(gold_number, number, rule.tolerance)
    if number is None and APART.search(answer):
        return None
    from cgd_recipes.grading.values.symbolic import same_rounded, same_value

    # Plain numbers go in as exact fractions: a decimal is no more than its digits.
    if gold_number and gold_number.decimal and same_rounded(answer, gold_number, rule.tolerance):
        return True
    if number and number.decimal and same_rounded(gold, number, rule.tolerance):
        return True
    gold, answer = as_fraction(improper(gold), gold_number), as_fraction(improper(answer), number)
    verdict = same_value(gold, answer)
    if not verdict and BARE_LOG.search(gold + answer):  # \log is read as to the base of ten; many mean the natural one
        verdict = same_value(BARE_LOG.sub(r"\\ln ", gold), BARE_LOG.sub(r"\\ln ", answer))
    return same_family(gold, answer, rule.names) or verdict if not verdict else True
