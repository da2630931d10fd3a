"""How often the graders agree with the verdicts of the pairs, and, on real data, how they do on gold answers.

    python benchmarks/grading.py [--data DIR]

DIR holds a `<benchmark>.jsonl` for each benchmark. Then also, by benchmark: verifications per second; gold answers that the
strict grader does not accept as an answer to themselves, as they are and with its short cut for equal texts off; and wrong
answers made from gold answers that it accepts.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import count
from pathlib import Path
from unittest import mock

import yaml

from cgd_recipes.grading import GRADERS, Gold, Grade, GradingPool, grade, single, strict
from cgd_recipes.grading.clean import clean
from cgd_recipes.grading.golds import BENCHMARKS, gold_of
from cgd_recipes.grading.number import Number, as_number
from cgd_recipes.grading.structure import Group, shape
from cgd_recipes.grading.text import kind_of

PAIRS = Path(__file__).parents[1] / "integration" / "grading_pairs.yaml"
FIELDS = ("kind", "multiple", "tolerance", "unit")


def pairs() -> list[tuple[Gold, str, bool]]:
    """The tricky pairs: gold, response, verdict."""
    rows = yaml.safe_load(PAIRS.read_text(encoding="utf-8"))
    golds = [Gold(row["gold"], **{name: row[name] for name in FIELDS if name in row}) for row in rows]
    responses = [row.get("response") or boxed(row["answer"]) for row in rows]
    return [(gold, response, row["right"]) for gold, response, row in zip(golds, responses, rows, strict=True)]


def boxed(answer: str) -> str:
    """A response that ends in an answer."""
    return f"We put it together and find that it is $\\boxed{{{answer}}}$."


def table_of_graders(pool: GradingPool) -> None:
    """Agreement with the pairs' verdicts."""
    expected = pairs()
    print(
        f"{len(expected)} pairs\n{'grader':<12} {'agree':>6} {'false accepts':>14} {'false rejects':>14} {'timeouts':>9}"
    )
    for grader in GRADERS:
        grades = pool.grade_many([(gold, response) for gold, response, _ in expected], grader)
        accepts = sum(one.correct and not right for one, (_, _, right) in zip(grades, expected, strict=True))
        rejects = sum(right and not one.correct for one, (_, _, right) in zip(grades, expected, strict=True))
        late = sum(one.reason == "timeout" for one in grades)
        print(f"{grader:<12} {len(expected) - accepts - rejects:>6} {accepts:>14} {rejects:>14} {late:>9}")


def wrong_answers(gold: Gold) -> Iterator[tuple[str, str]]:
    """What was done to a gold answer, and the wrong answer that it gave."""
    text = clean(gold.text)
    number = as_number(text.rstrip("%°"))
    if number:
        yield from wrong_numbers(gold, number)
        return
    whole = shape(text, listed=gold.multiple)
    if isinstance(whole, Group):
        yield from wrong_groups(gold, whole)
    elif kind_of(gold.text) == "numerical":
        yield from wrong_expressions(text)


def wrong_numbers(gold: Gold, number: Number) -> Iterator[tuple[str, str]]:
    """Factors of a hundred, signs, coarser roundings, and the next number that the gold's digits can show."""
    value = number.value
    step = Fraction(10) ** -number.places if number.decimal else Fraction(1)
    made = {"x 100": value * 100, "x -1": -value, "last digit + 1": value + step, "x 1.06": value * 106 / 100}
    if "%" not in gold.text + (gold.unit or ""):  # of 8 %, 0.08 is right
        made["/ 100"] = value / 100
    made |= {"to one decimal": Fraction(round(value * 10), 10), "to an integer": Fraction(round(value))}
    yield from ((name, decimal(wrong)) for name, wrong in made.items() if wrong != value)


def wrong_groups(gold: Gold, whole: Group) -> Iterator[tuple[str, str]]:
    """Items in another order, other brackets, an item less, an item twice."""
    items = whole.items
    if whole.brackets == "" and len(set(items)) > 1:
        yield "one missing", ",".join(items[1:])
        yield "one twice", ",".join((*items[1:], items[1]))
    if len(whole.brackets) == 2 and whole.ordered and len(set(items)) == len(items):
        first, last = whole.brackets
        yield "order", f"{first}{','.join(items[::-1])}{last}"
        if gold.kind != "list":  # whose brackets are of no account
            yield "bracket", f"{'[' if first == '(' else '('}{','.join(items)}{last}"


def wrong_expressions(text: str) -> Iterator[tuple[str, str]]:
    """One more, twice as much, one sign turned."""
    yield "+ 1", f"{text}+1" if "=" not in text else text.replace("=", "=1+", 1)
    if not re.search(r"=\s*0$", text):
        yield "x 2", f"2({text})" if "=" not in text else text.replace("=", "=2(", 1) + ")"
    sign = re.search(
        r"(?<=[\w})])\s*[+-](?=\s*[\w\\(])", re.sub(r"\{[^{}]*\}", lambda group: "#" * len(group[0]), text)
    )
    if sign:
        flipped = "-" if text[sign.end() - 1] == "+" else "+"
        yield "sign", text[: sign.end() - 1] + flipped + text[sign.end() :]


def decimal(value: Fraction) -> str:
    """A fraction as plain digits, or as a fraction where it has no end."""
    shown = Decimal(value.numerator) / Decimal(value.denominator)
    return f"{shown:f}" if Fraction(shown) == value else str(value)


def without_short_cut(golds: list[Gold]) -> list[Grade]:
    """Grades of gold against itself where equal texts prove nothing."""
    number = count()
    real = strict.key

    def named(text: str) -> object:
        return real(text) if single.is_name(text) else next(number)

    # Names of values are still told by their texts.
    with mock.patch.object(strict, "key", lambda text: next(number)), mock.patch.object(single, "key", named):
        return [grade(gold, boxed(gold.text)) for gold in golds]


def table_of_data(folder: Path, pool: GradingPool) -> None:
    """Speed, gold against gold, and wrong answers made from gold, by benchmark."""
    heads = ("benchmark", "rows", "per second", "1 process", "refused", "no short cut", "wrong tried", "accepted")
    print("\n" + " ".join(f"{head:>13}" for head in heads))
    accepted: list[tuple[str, str, Gold, str]] = []
    for name in BENCHMARKS:
        rows = [json.loads(line) for line in (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
        golds = [gold_of(name, row) for row in rows]
        wrong = [(what, gold, answer) for gold in golds for what, answer in wrong_answers(gold)]
        items = [(gold, boxed(gold.text)) for gold in golds] + [(gold, boxed(answer)) for _, gold, answer in wrong]
        start = time.perf_counter()
        grades = pool.grade_many(items)
        rate = len(items) / (time.perf_counter() - start)
        start = time.perf_counter()
        slow = [one for gold, one in zip(golds, without_short_cut(golds), strict=True) if not one.correct]
        alone = len(golds) / (time.perf_counter() - start)
        refused = sum(not one.correct for one in grades[: len(golds)])
        hits = [(name, *case) for case, one in zip(wrong, grades[len(golds) :], strict=True) if one.correct]
        accepted += hits
        figures = (len(rows), f"{rate:,.0f}", f"{alone:,.0f}", refused, len(slow), len(wrong), len(hits))
        print(f"{name:>13} " + " ".join(f"{figure:>13}" for figure in figures))
    print("\nwrong answers that were accepted:", dict(Counter((name, what) for name, what, _, _ in accepted)))
    for name, what, gold, answer in accepted:
        print(f"  {name} {what}: {gold.text} <- {answer} (tolerance {gold.tolerance})")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder of <benchmark>.jsonl files with real gold answers")
    arguments = parser.parse_args()
    with GradingPool(timeout=5) as pool:
        table_of_graders(pool)
        if arguments.data:
            table_of_data(arguments.data, pool)


if __name__ == "__main__":
    main()
