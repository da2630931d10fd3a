"""How fast the filters of `curate` are, and what memory they take: `python benchmarks/curate.py --rows 100000 [--data DIR]`.

Each filter, and all together, runs in a process of its own on made-up word problems, read from a file as `inspect` reads them.
Printed are seconds of processor time (of this process and of its grading workers), rows a second and peak memory.
DIR has <benchmark>.jsonl files, to compare questions with; the shipped sample rows stand in for them where there is none.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import orjson

from cgd_recipes.curation.filters import FILTERS
from cgd_recipes.curation.protocol import Entry, Filter
from cgd_recipes.data.measure import Measure
from cgd_recipes.data.rows import Origin, Row
from cgd_recipes.files.shipped import data_root
from cgd_recipes.recipe.plan import load_plan
from cgd_recipes.recipe.resolve import load_recipe

NAMES = ["Mara", "Jonas", "Lea", "Tom", "Ivy", "Omar", "Ines", "Kofi", "Yuki", "Rosa"]
THINGS = ["apples", "pencils", "books", "marbles", "tickets", "stamps", "shells", "cards", "eggs", "coins"]
DOING = ["buys", "finds", "is given", "collects", "wins", "borrows", "makes", "picks"]
PLACES = [
    "at the market",
    "in the garden",
    "on the way home",
    "at school",
    "from her aunt",
    "in the shop",
    "by the river",
]
BATCH = 256


def make_row(number: int, draw: random.Random) -> dict[str, str]:
    """A word problem with a wrong student answer of 90 words, a critique of 60 and a refined answer of 70."""
    first, second, third = (draw.randrange(2, 90) for _ in range(3))
    who, what, where = draw.choice(NAMES), draw.choice(THINGS), draw.choice(PLACES)
    total = (first + second) * third
    steps = [
        f"In step {n} {draw.choice(NAMES)} {draw.choice(DOING)} {draw.randrange(99)} {draw.choice(THINGS)}."
        for n in range(9)
    ]
    return {
        "id": f"row-{number}",
        "question": f"{who} {draw.choice(DOING)} {first} {what} {where} on Monday and {second} more on Tuesday {draw.choice(PLACES)}. "
        f"Each of them is worth {third} points in the game that the {draw.choice(THINGS)} are for. How many points does {who} have in all?",
        "answer": str(total),
        "student_response": f"{' '.join(steps)} So there are {total + 1} points. The answer is {total + 1}.",
        "critique": f"{' '.join(steps[:6])} The sum is right, but the last product is not. Multiply it once more.\nConclusion: wrong",
        "refined_response": f"{' '.join(steps[:7])} {who} has {first} + {second} = {first + second} {what}. "
        f"Each is worth {third}: \\boxed{{{total}}}.",
    }


def rows_of(path: Path) -> Iterator[Row]:
    """Rows, one at a time."""
    with open(path, "rb") as handle:
        for number, line in enumerate(handle, 1):
            yield Row({**orjson.loads(line), "verdict": "wrong"}, Origin(0, number))


def filters(names: list[str], against: list[str]) -> list[Filter]:
    """Filters with everything switched on."""
    settings = ["curate.shape.language=en", "curate.shape.max_tokens.critique=2000", "curate.repetition.near=0.8"]
    settings += [f"curate.decontaminate.against={orjson.dumps(against).decode()}"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mine.yaml"
        path.write_text("extends: [llama-cgd, base/curate]\nname: mine\n", encoding="utf-8")
        plan = load_plan(load_recipe(str(path), settings))
    measure = Measure(8192, 3.0, None)
    return [FILTERS[name](plan, measure) for name in names]


def run(names: list[str], path: Path, against: list[str]) -> None:
    """Run some filters over a file, and print what it took."""
    chosen, rows, count = filters(names, against), rows_of(path), 0
    before = sum(os.times()[:4])
    while batch := [Entry(row, {"verdict": "wrong"}) for row in islice(rows, BATCH)]:
        count += len(batch)
        for each in chosen:
            each.examine(batch)
            for entry in batch:
                each.apply(entry)
    for each in chosen:
        each.close()
    spent = sum(os.times()[:4]) - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{'+'.join(names) or 'reading alone':60} {spent:8.1f} s {count / max(spent, 1e-9):10,.0f} rows/s {peak:8,.0f} MB",
        flush=True,
    )


def main() -> None:
    """Make the rows, and run each filter in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--only", nargs="*")
    parser.add_argument("--write", type=Path, help="only write the rows, for other programs")
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    held = (
        sorted(map(str, options.data.glob("*.jsonl")))
        if options.data
        else [str(data_root() / "recipes/sample/rows.jsonl")]
    )
    if options.file:
        run(options.only or [], options.file, held)
        return
    with tempfile.TemporaryDirectory() as folder:
        path, draw, started = options.write or Path(folder) / "rows.jsonl", random.Random(1), time.monotonic()
        with open(path, "wb") as handle:
            for number in range(options.rows):
                handle.write(orjson.dumps(make_row(number, draw), option=orjson.OPT_APPEND_NEWLINE))
        print(
            f"{options.rows:,} rows, {path.stat().st_size / 1e6:,.0f} MB, made in {time.monotonic() - started:.0f} s",
            flush=True,
        )
        if options.write:
            return
        for names in [[], *([name] for name in FILTERS), list(FILTERS)] if options.only is None else [options.only]:
            data = ["--data", str(options.data)] if options.data else []
            subprocess.run([sys.executable, __file__, "--file", str(path), *data, "--only", *names], check=True)


if __name__ == "__main__":
    main()
