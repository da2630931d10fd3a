"""How often the graders agree with the verdicts of the pairs, and, on real data, how they do on gold answers.

    python benchmarks/grading.py [--data DIR]

DIR holds a `<benchmark>.jsonl` for each benchmark. Then also, by grader and benchmark: gold answers that are refused as an
answer to themselves, wrong answers made from gold answers that are accepted, and verifications per second, of both together.
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

from cgd_recipes.grading import GRADERS, Gold, Grade, GradingPool, grade
from cgd_recipes.grading.benchmark_golds import BENCHMARKS, gold_of
from cgd_recipes.grading.notation.clean import clean
from cgd_recipes.grading.notation.number import Number, as_number
from cgd_recipes.grading.notation.structure import Group, shape
from cgd_recipes.grading.notation.text import kind_of
from cgd_recipes.grading.values import certain, groups, single

ROOT = Path(__file__).parents[1]
PAIRS = (ROOT / "integration" / "grading_pairs.yaml", ROOT / "tests" / "grading" / "pairs.yaml")
FIELDS = ("kind", "multiple", "tolerance", "unit")


def pairs(path: Path) -> list[tuple[Gold, str, bool]]:
    """The tricky pairs of a file: gold, response, verdict."""
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    golds = [Gold(row["gold"], **{name: row[name] for name in FIELDS if name in row}) for row in rows]
    responses = [row.get("response") or boxed(row["answer"]) for row in rows]
    return [(gold, response, row["right"]) for gold, response, row in zip(golds, responses, rows, strict=True)]


def boxed(answer: str) -> str:
    """A response that ends in an answer."""
    return f"We put it together and find that it is $\\boxed{{{answer}}}$."


def table_of_graders(pool: GradingPool, path: Path) -> None:
    """Agreement with the pairs' verdicts."""
    expected = pairs(path)
    print(f"{path.relative_to(ROOT)}: {len(expected)} pairs")
    print(f"{'grader':<12} {'agree':>6} {'false accepts':>14} {'false rejects':>14} {'timeouts':>9}")
    for grader in GRADERS:
        grades = pool.grade_many([(gold, response) for gold, response, _ in expected], grader)
        accepts = sum(found.correct and not right for found, (_, _, right) in zip(grades, expected, strict=True))
        rejects = sum(right and not found.correct for found, (_, _, right) in zip(grades, expected, strict=True))
        late = sum(found.reason == "timeout" for found in grades)
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
    if len(whole.brackets) == 2 and whole.ordered and len(set(items)) == len(items) > 1:
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
    real = certain.key

    def named(text: str) -> object:
        return real(text) if single.is_name(text) else next(number)

    # Names of values are still told by their texts.
    with (
        mock.patch.object(certain, "key", lambda text: next(number)),
        mock.patch.object(groups, "key", lambda text: next(number)),
        mock.patch.object(single, "key", named),
    ):
        return [grade(gold, boxed(gold.text)) for gold in golds]


def golds_of(folder: Path, name: str) -> list[Gold]:
    """The gold answers of a benchmark's file."""
    lines = (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [gold_of(name, json.loads(line)) for line in lines]


def table_of_data(folder: Path, pool: GradingPool, grader: str) -> None:
    """Gold against gold, wrong answers made from gold, and verifications per second, by benchmark."""
    print(f"\n{grader}\n{'benchmark':<14} {'golds':>6} {'refused':>8} {'wrong':>6} {'accepted':>9} {'per second':>11}")
    accepted: list[tuple[str, str, Gold, str]] = []
    for name in BENCHMARKS:
        golds = golds_of(folder, name)
        wrong = [(what, gold, answer) for gold in golds for what, answer in wrong_answers(gold)]
        items = [(gold, boxed(gold.text)) for gold in golds] + [(gold, boxed(answer)) for _, gold, answer in wrong]
        start = time.perf_counter()
        grades = pool.grade_many(items, grader)
        rate = len(items) / (time.perf_counter() - start)
        refused = sum(not found.correct for found in grades[: len(golds)])
        hits = [(name, *case) for case, found in zip(wrong, grades[len(golds) :], strict=True) if found.correct]
        accepted += hits
        print(f"{name:<14} {len(golds):>6} {refused:>8} {len(wrong):>6} {len(hits):>9} {rate:>11,.0f}")
    print("accepted:", dict(Counter(what for _, what, _, _ in accepted)))
    for name, what, gold, answer in accepted if grader == GRADERS[0] else []:
        print(f"  {name} {what}: {gold.text} <- {answer} (tolerance {gold.tolerance})")


def table_without_short_cut(folder: Path) -> None:
    """Gold against gold in one process, where equal texts prove nothing."""
    print(
        f"\nstrict, one process, its short cut for equal texts off\n{'benchmark':<14} {'refused':>8} {'per second':>11}"
    )
    for name in BENCHMARKS:
        golds = golds_of(folder, name)
        start = time.perf_counter()
        grades = without_short_cut(golds)
        refused = [gold.text for gold, found in zip(golds, grades, strict=True) if not found.correct]
        print(f"{name:<14} {len(refused):>8} {len(golds) / (time.perf_counter() - start):>11,.0f}  {' '.join(refused)}")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder of <benchmark>.jsonl files with real gold answers")
    arguments = parser.parse_args()
    with GradingPool(timeout=5) as pool:
        for path in PAIRS:
            table_of_graders(pool, path)
        if arguments.data:
            for grader in GRADERS:
                table_of_data(arguments.data, pool, grader)
            table_without_short_cut(arguments.data)


if __name__ == "__main__":
    main()
