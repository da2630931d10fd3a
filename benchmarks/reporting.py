"""What the statistics of reports promise, against simulated models whose truth is known.

    python benchmarks/reporting.py --trials 4000

Questions are drawn anew each time: their chances to be solved come from a beta distribution, so that some are never solved and
some always. A table for each promise: a 95 % interval holds the truth in 93 to 97 % of the cases, a paired test finds equal
models different in at most 5 %, Holm's procedure finds any of eight in at most 5 %, and the smallest detectable difference is
detected in about 80 %. A gate lets equal models pass in at most 2.5 %, and twice that difference in at least 80 %.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from helpers import simulated

from cgd_recipes.reporting.comparison import AVERAGE
from cgd_recipes.reporting.statistics import paired

SIZES, MEANS = (30, 40, 272, 1319), (0.05, 0.1, 0.35, 0.6, 0.9)


def show(title: str, head: Sequence[object], rows: Sequence[Sequence[object]]) -> None:
    """Print a table; shares in percent."""
    print(f"\n{title}")
    for row in [head, *rows]:
        print(" ".join(f"{100 * cell:8.1f}" if isinstance(cell, float) else f"{cell!s:>8}" for cell in row))


def coverage(generator: np.random.Generator, trials: int) -> None:
    """How often intervals hold the truth."""
    rows = [[n, *(float(simulated.coverage_of_one_sample(generator, n, p, trials)) for p in MEANS)] for n in SIZES]
    show("One sample a question (Wilson): coverage by questions and true score", ["n", *MEANS], rows)
    rows = [
        [n, samples, k, *(simulated.coverage_of_pass_at_k(generator, n, samples, k, p, trials // 2) for p in MEANS)]
        for n in SIZES[:3]
        for samples, k in ((4, 1), (8, 1), (8, 4), (8, 8), (16, 8))
    ]
    show(
        "Several samples: coverage of pass@k by questions, samples, k and true pass@1",
        ["n", "samples", "k", *MEANS],
        rows,
    )
    rows = [
        [n, *(float(simulated.coverage_of_a_bootstrap(generator, n, 8, p, trials // 4)) for p in MEANS)]
        for n in SIZES[:3]
    ]
    show("For comparison, eight samples, pass@1 by the percentile bootstrap over questions", ["n", *MEANS], rows)
    cells = [(0.1, 0.0), (0.35, 0.0), (0.35, 0.05), (0.35, 0.1), (0.6, 0.2)]
    rows = [
        [n, samples, *(simulated.coverage_of_a_difference(generator, n, samples, *cell, trials // 2) for cell in cells)]
        for n in SIZES[:3]
        for samples in (1, 4, 8)
    ]
    head = ["n", "samples", *(f"{p}+{gain}" for p, gain in cells)]
    show("Differences of two models: coverage by the first one's score and the gain", head, rows)


def false_alarms(generator: np.random.Generator, trials: int) -> None:
    """How often equal models are found different."""
    rows = [
        [n, samples, *(simulated.alarms(generator, n, samples, p, 0, trials // 2) for p in MEANS)]
        for n in SIZES[:3]
        for samples in (1, 4, 8)
    ]
    show("False alarms of the paired test at 5 %, by true score", ["n", "samples", *MEANS], rows)
    sizes = (40, 30, 30, 675, 500, 272, 1319, 800)
    rows = [[samples, simulated.any_alarm(generator, sizes, trials, samples)] for samples in (1, 8)]
    show("Any false alarm among the eight benchmarks after Holm", ["samples", "any"], rows)


FACTORS = (0.5, 0.75, 1, 1.25, 1.5, 2)


def power(generator: np.random.Generator, trials: int) -> None:
    """The power at multiples of the smallest detectable difference."""
    rows = []
    for n in SIZES[:3]:
        for samples in (1, 8):
            for mean in (0.2, 0.5):
                least = detectable(generator, n, samples, mean)
                gains = [min(factor * least, 1 - mean) for factor in FACTORS]
                shares = [simulated.alarms(generator, n, samples, mean, gain, trials // 8) for gain in gains]
                rows.append([n, samples, mean, least, *shares])
    show("Power at multiples of the smallest detectable difference", ["n", "samples", "score", "least", *FACTORS], rows)


def detectable(generator: np.random.Generator, n: int, samples: int, mean: float) -> float:
    """The difference that sets with this very difference state as the smallest that they detect."""
    least = 0.1
    for _ in range(4):  # the difference changes what differs, and so what is detectable
        pairs = [simulated.pair(generator, n, samples, mean, min(least, 0.9 - mean)) for _ in range(200)]
        found = [paired.difference((second - first) / samples, samples) for first, second in pairs]
        least = float(np.median([paired.detectable_difference(each) for each in found]))
    return least


def gates(generator: np.random.Generator, trials: int) -> None:
    """How often a gate says GO."""
    sizes, names = (40, 30, 100, 272), ["40", "272", AVERAGE]
    rows: list[list[object]] = []
    for samples in (1, 4, 8):
        for factor in (0, 1, 2):
            row: list[object] = [samples, f"{factor} x"]
            for name in names:
                found = [simulated.simulated_comparison(generator, 0.1, sizes, samples) for _ in range(60)]
                gain = factor * float(np.median([each.by_name[name].detectable for each in found]))
                row.append(passed(generator, trials, gain, sizes, name, samples, 0))
            rows.append(row)
        for limit in (-0.05, 0.05):
            shares = [passed(generator, trials, limit, sizes, name, samples, limit) for name in names]
            rows.append([samples, f"> {100 * limit:g}", *shares])
    show(
        "GO for `> 0` at 0, 1 and 2 times the smallest detectable difference; for another limit where the truth is the limit",
        ["samples", "gain", *names],
        rows,
    )


def passed(
    generator: np.random.Generator,
    trials: int,
    gain: float,
    sizes: Sequence[int],
    name: str,
    samples: int,
    limit: float,
) -> float:
    """The share of comparisons that are GO; of those that should not be, more are tried."""
    count = trials if gain == limit else trials // 8
    hits = sum(name in simulated.gates_passed(generator, gain, sizes, [name], samples, limit) for _ in range(count))
    return hits / count


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=4_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("tables", nargs="*", metavar="TABLE", help="coverage, alarms, power, gates; all unless given")
    given = parser.parse_args()
    tables = {"coverage": coverage, "alarms": false_alarms, "power": power, "gates": gates}
    for name in given.tables or tables:
        tables[name](np.random.default_rng(given.seed), given.trials)
