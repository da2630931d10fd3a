"""What the rows of the benchmarks give as gold answers; `benchmarks.json` says how each benchmark has them.

A row may come from the hub's data set or from a local file with its fields; names of fields are tried in turn.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from cgd_recipes.errors import did_you_mean, user_error
from cgd_recipes.grading.endings.extract import last_boxes
from cgd_recipes.grading.gold import Gold
from cgd_recipes.grading.notation.clean import clean
from cgd_recipes.grading.notation.number import as_number

SOLUTIONS = ("solution", "Solution")
TYPES = ("answer_type", "Answer_type")
# The widest relative error that two significant digits imply; a gold of one digit allows no more.
MAX_RELATIVE = Fraction(5, 100)
# Agreement to six significant digits, for golds that are dumps of floats.
MIN_RELATIVE = Fraction(1, 1_000_000)
_NOTHING = frozenset(["", "nan", "n/a", "<na>", "#n/a", "null", "inf", "-inf", "[]", "{}"])
"""How programs write that there is no value."""


class Benchmark(NamedTuple):
    """How a benchmark's rows are read.

    Args:
        answers: names of the field that holds the answer, in the order in which they are tried.
        after: what stands before the answer in that field, as `####` does in GSM8K's.
        joined: the field may be a list of texts, which are joined by commas.
        kinds: what the row's answer type says of the kind of its gold answer.
        multiple: field that says whether there are several answers in any order.
        error: field that says how far an answer may be off.
        default_error: that of rows that say nothing, as the benchmark's own judge has it.
        unit: field that holds the unit.
        rounded: its decimals are results that were rounded, so that an answer may be nearer to the truth than the gold.
    """

    answers: tuple[str, ...] = ("answer", "Answer", "final_answer", "expected_answer")
    after: str = ""
    joined: bool = False
    kinds: Mapping[str, str] = MappingProxyType({})
    multiple: str = ""
    error: str = ""
    default_error: float | None = None
    unit: str = ""
    rounded: bool = False


BENCHMARKS = {
    name: Benchmark(**fields)
    for name, fields in json.loads(Path(__file__).with_name("benchmarks.json").read_text(encoding="utf-8")).items()
}


def gold_of(benchmark: str, row: Mapping[str, Any]) -> Gold:
    """The gold answer of a row of a benchmark.

    Args:
        benchmark: a key of BENCHMARKS.
        row: the row, with the fields of the hub's data set or of a local copy.

    Raises:
        RecipeError: unknown benchmark; none of the fields holds an answer; or the answer is no text and no number.
    """
    if benchmark not in BENCHMARKS:
        hint = did_you_mean(benchmark, BENCHMARKS) or f"; there are: {', '.join(BENCHMARKS)}"
        raise user_error(benchmark, f"unknown benchmark '{benchmark}'{hint}")
    how = BENCHMARKS[benchmark]
    kind = kind_in(how, row)
    gold = Gold(answer_text(benchmark, how, row, kind), kind)
    if how.multiple:
        gold = gold._replace(multiple=is_true(row.get(how.multiple)))
    if how.unit:
        gold = gold._replace(unit=str(row.get(how.unit) or "").strip("$ ") or None)
    if how.error:
        error = str(row.get(how.error) or "").strip()
        return gold._replace(tolerance=float(error.split(",")[0]) if error else how.default_error)
    return gold._replace(tolerance=rounding_error(gold)) if how.rounded else gold


def kind_in(how: Benchmark, row: Mapping[str, Any]) -> str:
    """The kind of a row's gold answer as its answer type says; `auto` where it says none, or several."""
    answer_type = next((str(row[name]) for name in TYPES if row.get(name)), "")
    return how.kinds.get(answer_type) or how.kinds.get(answer_type.partition(" of ")[0], "auto")


def answer_text(benchmark: str, how: Benchmark, row: Mapping[str, Any], kind: str = "auto") -> str:
    """The text of a row's answer: a field of its own, or the last box of the solution.

    Raises:
        RecipeError: there is none, or it is no text and no number.
    """
    for name in how.answers:
        if row.get(name) is not None:
            text = plain_text(benchmark, name, row[name], listed=how.joined or kind == "list", joined=how.joined)
            if how.after and how.after in text:
                text = text.rpartition(how.after)[2].replace(",", "")
            return checked(benchmark, name, text)
    for name in SOLUTIONS:
        boxed = last_boxes(str(row.get(name) or ""))
        if boxed is not None and boxed[1]:
            return checked(benchmark, name, boxed[0])
    wanted = ", ".join((*how.answers, *SOLUTIONS))
    raise user_error(benchmark, f"a row has no answer; expected one of the fields {wanted}, found {', '.join(row)}")


def plain_text(benchmark: str, name: str, answer: object, *, listed: bool, joined: bool) -> str:
    """An answer as text.

    Raises:
        RecipeError: it is a list where none is due or one that holds others, a mapping, or binary.
    """
    if isinstance(answer, list | tuple):
        if joined and all(isinstance(item, str | int | float) for item in answer):
            return ",".join(map(str, answer))
        if listed and not joined:
            return str(list(answer))
        if len(answer) == 1 and isinstance(answer[0], str | int | float):
            return str(answer[0])
        raise user_error(
            benchmark, f"the field '{name}' of a row is a list of {len(answer)}; write the answer as one text"
        )
    if isinstance(answer, Mapping | bytes):
        what = "binary" if isinstance(answer, bytes) else "a mapping"
        raise user_error(benchmark, f"the field '{name}' of a row is {what}; write the answer as one text")
    return str(answer)


def checked(benchmark: str, name: str, text: str) -> str:
    """A gold answer, without blanks around it.

    Raises:
        RecipeError: it is empty, or a number that is none.
    """
    text = text.strip()
    if text.casefold() in _NOTHING or not clean(text.strip("$ ").replace("\\boxed{}", "")):
        raise user_error(
            benchmark, f"the field '{name}' of a row holds no answer, but {text!r}; fill it in or leave the row out"
        )
    return text


def is_true(value: object) -> bool:
    """A boolean that may have been written as text."""
    return str(value).strip().lower() == "true"


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
