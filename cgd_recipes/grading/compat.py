"""The lenient grader: the rules of the authors' evaluation code, for comparing with published numbers and nothing else.

It gives more right answers than there are. Written from a description of that code's behaviour; its rules:

- the last box counts, up to the end of the text where it is not closed; without a box what follows "answer is"; without
  that the last number of the text;
- brackets, units, degree, percent and dollar signs are taken off both sides;
- numbers are equal when they are the same after rounding to ONE decimal, or when the answer is the gold, a hundredth or a
  hundred times of it within a relative 1e-4;
- a gold of A to E is compared with the last such letter in the answer;
- lists are compared item by item, in order, whatever their brackets; expressions and equations with sympy.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction

from cgd_recipes.grading.gold import MAX_LENGTH, Gold, Grade, faulty, judged
from cgd_recipes.grading.notation.clean import CLOSE_SET, OPEN_SET, clean, key
from cgd_recipes.grading.notation.number import as_number
from cgd_recipes.grading.notation.structure import split_top
from cgd_recipes.grading.notation.tex import closing_brace

RELATIVE = 1e-4
ANSWER_IS = re.compile(r"answer is\s*:?", re.IGNORECASE)
LAST_NUMBER = re.compile(r"-?\d+(?:,\d{3})*(?:\.\d+)?")
LETTER = re.compile(r"\b([A-E])\b")
BRACKETS = str.maketrans("", "", "()[]{}" + OPEN_SET + CLOSE_SET)
UNIT = re.compile(r"\\text\s*\{[^{}]*\}(?:\s*\^\s*\{?\d\}?)?\s*$|[°%]")


def grade_compat(gold: Gold, response: str) -> Grade:
    """Grade a response by the authors' rules.

    Raises:
        ModuleNotFoundError: the answer is no plain number or word, and math-verify is not installed.
    """
    answer = lenient_answer(response)
    if not answer:
        return faulty("", "no answer")
    return judged(answer, len(answer) <= MAX_LENGTH and lenient_same(bare(gold.text), bare(answer)))


def lenient_answer(response: str) -> str:
    """The last box, closed or not; else what follows the last "answer is"; else the last number."""
    _, box, rest = response.rpartition("boxed")
    if box:
        if not rest.startswith("{"):
            return rest.split("$")[0].strip()
        end = closing_brace(rest, 0)
        return (rest[1:] if end < 0 else rest[1:end]).strip()
    if said := ANSWER_IS.split(response)[1:]:
        return said[-1].strip().split("\n")[0].rstrip(". ")
    numbers = LAST_NUMBER.findall(response)
    return numbers[-1] if numbers else ""


def bare(text: str) -> str:
    """A cleaned text without units and without the name that it is assigned to."""
    plain = UNIT.sub("", clean(text)).strip()
    name, equals, value = plain.partition("=")
    return value.strip() if equals and len(name.strip()) <= 2 else plain


def lenient_same(gold: str, answer: str) -> bool:
    """Whether an answer passes for the gold answer."""
    if key(gold).casefold() == key(answer).casefold():
        return True
    if gold.strip("()") in ("A", "B", "C", "D", "E"):
        letters = LETTER.findall(answer.upper())
        return bool(letters) and letters[-1] == gold.strip("()")
    gold_number, number = as_number(gold), as_number(answer)
    if gold_number and number:
        return near(gold_number.value, number.value)
    if gold.translate(BRACKETS).replace(" ", "") == answer.translate(BRACKETS).replace(" ", ""):
        return True
    left, right = (split_top(text.strip("()[]" + OPEN_SET + CLOSE_SET)) for text in (gold, answer))
    if len(left) > 1 or len(right) > 1:
        return len(left) == len(right) and all(lenient_same(a, b) for a, b in zip(left, right, strict=True))
    return lenient_expression(gold, answer)


def near(gold: Fraction, answer: Fraction) -> bool:
    """Whether two numbers are the same by the rules for numbers."""
    try:
        wanted, given = float(gold), float(answer)
        return round(wanted, 1) == round(given, 1) or any(
            math.isclose(scaled, given, rel_tol=RELATIVE) for scaled in (wanted, wanted / 100, wanted * 100)
        )
    except OverflowError:
        return gold == answer


def lenient_expression(gold: str, answer: str) -> bool:
    """Whether two expressions are the same: as numbers by the rules for numbers, else exactly."""
    from cgd_recipes.grading.values.symbolic import constant, same_value

    try:
        gold_value, value = constant(gold), constant(answer)
    except (ValueError, TypeError, ArithmeticError, AttributeError):
        return False
    if gold_value is not None and value is not None:
        return near(gold_value, value)
    return bool(same_value(gold, answer))
