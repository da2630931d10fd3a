"""What the rows of the benchmarks give as gold answers.

A row may come from the hub's data set or from a local file with its fields; names of fields are tried in turn.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from cgd_recipes.errors import did_you_mean, user_error
from cgd_recipes.grading.clean import clean
from cgd_recipes.grading.extract import last_boxes
from cgd_recipes.grading.gold import Gold
from cgd_recipes.grading.number import as_number

ANSWERS = ("answer", "Answer", "final_answer", "expected_answer")
SOLUTIONS = ("solution", "Solution")
# OlympiadBench's judge takes numbers as equal within this, where a row states no error of its own.
OLYMPIAD_ERROR = 1e-8
# The widest relative error that two significant digits imply; a gold of one digit allows no more.
MAX_RELATIVE = Fraction(5, 100)
# Agreement to six significant digits, for golds that are dumps of floats: 0.8356488482647211.
MIN_RELATIVE = Fraction(1, 1_000_000)

OLYMPIAD_KINDS = {
    "Numerical": "numerical",
    "Expression": "expression",
    "Equation": "equation",
    "Tuple": "tuple",
    "Interval": "interval",
}
THEOREM_KINDS = {"bool": "boolean", "option": "option", "integer": "numerical", "float": "numerical"}


class Benchmark(NamedTuple):
    """How a benchmark's rows are read.

    Args:
        answers: names of the field that holds the answer, in the order in which they are tried.
        after: what stands before the answer in that field, as `####` does in GSM8K's.
        rounded: its decimals are results that were rounded, so that an answer may be nearer to the truth than the gold.
    """

    answers: tuple[str, ...] = ANSWERS
    after: str = ""
    rounded: bool = False


BENCHMARKS = {
    "amc23": Benchmark(),
    "aime24": Benchmark(),
    "aime25": Benchmark(),
    "olympiadbench": Benchmark(("final_answer", "answer")),
    "math500": Benchmark(),
    "minerva_math": Benchmark(rounded=True),
    "gsm8k": Benchmark(after="####"),
    "theoremqa": Benchmark(("Answer", "answer"), rounded=True),
}  # fmt: skip


def gold_of(benchmark: str, row: Mapping[str, Any]) -> Gold:
    """The gold answer of a row of a benchmark.

    Args:
        benchmark: a key of BENCHMARKS.
        row: the row, with the fields of the hub's data set or of a local copy.

    Raises:
        RecipeError: unknown benchmark, or none of the fields that hold an answer.
    """
    if benchmark not in BENCHMARKS:
        hint = did_you_mean(benchmark, BENCHMARKS) or f"; there are: {', '.join(BENCHMARKS)}"
        raise user_error(benchmark, f"unknown benchmark '{benchmark}'{hint}")
    how = BENCHMARKS[benchmark]
    text = answer_text(benchmark, how, row)
    if benchmark == "olympiadbench":
        return olympiad_gold(text, row)
    gold = theorem_gold(text, row) if benchmark == "theoremqa" else Gold(text)
    return gold._replace(tolerance=rounding_error(gold)) if how.rounded else gold


def answer_text(benchmark: str, how: Benchmark, row: Mapping[str, Any]) -> str:
    """The text of a row's answer: a field of its own, or the last box of the solution."""
    for name in how.answers:
        if row.get(name) is not None:
            answer = row[name]
            # OlympiadBench's hub rows have a list of one text that holds all answers.
            text = (
                ",".join(map(str, answer)) if isinstance(answer, list) and benchmark == "olympiadbench" else str(answer)
            )
            if how.after and how.after in text:
                text = text.rpartition(how.after)[2].replace(",", "")
            return text.strip()
    for name in SOLUTIONS:
        boxed = last_boxes(str(row.get(name) or ""))
        if boxed is not None and boxed[1]:
            return boxed[0]
    wanted = ", ".join((*how.answers, *SOLUTIONS))
    raise user_error(benchmark, f"a row has no answer; expected one of the fields {wanted}, found {', '.join(row)}")


def olympiad_gold(text: str, row: Mapping[str, Any]) -> Gold:
    """OlympiadBench: several answers in any order, an error that the row states or 1e-8, and a unit."""
    error = str(row.get("error") or "").strip()
    kinds = str(row.get("answer_type") or "").split(",")
    kind = OLYMPIAD_KINDS.get(kinds[0], "auto") if len(kinds) == 1 else "auto"
    unit = str(row.get("unit") or "").strip("$ ") or None
    tolerance = float(error.split(",")[0]) if error else OLYMPIAD_ERROR
    return Gold(text, kind, truth(row.get("is_multiple_answer")), tolerance, unit)


def truth(value: object) -> bool:
    """A boolean that may have been written as text."""
    return str(value).strip().lower() == "true"


def theorem_gold(text: str, row: Mapping[str, Any]) -> Gold:
    """TheoremQA: the row's answer type says the kind."""
    answer_type = str(row.get("answer_type") or row.get("Answer_type") or "")
    if answer_type.startswith("list"):
        return Gold(text, "list")
    return Gold(text, THEOREM_KINDS.get(answer_type, "auto"))


def rounding_error(gold: Gold) -> float | None:
    """How far an answer may be from a gold that was rounded: Minerva's and TheoremQA's decimals.

    The gold was computed and rounded, often to two digits; the answer may be computed more precisely, but must come to the
    gold when it is rounded alike. So it may be off by half a unit of the gold's last digit, though never by more than 5 %,
    which is what two digits imply; and by a millionth in any case, because some golds are dumps of floats. Whole numbers
    are exact. For a list it is the least of its items' errors.

    TheoremQA's own judge allows 4 %; that would take 3.1 for 3.14.
    """
    if gold.kind == "list":
        errors = [rounding_error(Gold(item)) for item in re.split(r",\s*", gold.text.strip("[]() "))]
        known = [error for error in errors if error]
        return min(known) if known else None
    number = as_number(clean(gold.text))
    if (
        number is None
        or not (number.decimal or "." in gold.text)
        or "/" in gold.text
        or gold.kind not in ("auto", "numerical")
    ):
        return None
    size = abs(number.value)
    half = Fraction(10) ** -number.places / 2
    return float(min(max(half, size * MIN_RELATIVE), size * MAX_RELATIVE))
