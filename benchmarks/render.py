"""Rows per second and peak memory of `cgd-recipe render`, beside the floor: read, parse, serialise, write.

    python benchmarks/render.py --rows 100000 1000000

Every measurement is a process of its own. The floor uses the same JSON library and buffer sizes.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import orjson

WORDS = [f"w{number:x}" for number in range(4_000)]
FIELDS = {
    "question": 60,
    "reference": 180,
    "student_response": 250,
    "critique": 250,
    "refined_response": 420,
    "teacher_response": 420,
}


def write_rows(path: Path, rows: int) -> None:
    """Synthetic CGD rows of about 8 KB each, the same for the same count."""
    draw = random.Random(0)
    with open(path, "wb", buffering=1 << 20) as handle:
        for number in range(rows):
            row = {"id": f"bench-{number}", "answer": str(number)}
            row |= {name: " ".join(draw.choices(WORDS, k=length)) for name, length in FIELDS.items()}
            row["critique"] += "\nConclusion: " + draw.choice(["right", "wrong"])
            handle.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))


def floor(source: Path, target: Path) -> None:
    """Read, parse, serialise, write, and flush to disk."""
    with open(source, "rb", buffering=1 << 20) as rows, open(target, "wb", buffering=1 << 20) as out:
        for line in rows:
            out.write(orjson.dumps(orjson.loads(line), option=orjson.OPT_APPEND_NEWLINE))
        out.flush()
        os.fsync(out.fileno())


def measure(command: list[str]) -> tuple[float, float]:
    """Wall seconds and peak resident MB of a command."""
    script = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=2);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", script, *command], check=True, capture_output=True, text=True)
    return time.perf_counter() - start, int(done.stdout) / 1024


def main() -> None:
    """Measure every size and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=Path("build/benchmark"))
    parser.add_argument("--floor", type=Path, nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.floor:
        floor(*options.floor)
        return
    options.folder.mkdir(parents=True, exist_ok=True)
    print(f"{'rows':>10} {'MB':>8} {'floor s':>8} {'render s':>9} {'ratio':>6} {'rows/s':>8} {'peak MB':>8}")
    for rows in options.rows:
        source, copy, out = options.folder / f"{rows}.jsonl", options.folder / "floor.jsonl", options.folder / "out"
        if not source.exists():
            write_rows(source, rows)
        results = []
        for _ in range(options.repeat):
            low, _peak = measure([sys.executable, __file__, "--floor", str(source), str(copy)])
            command = [
                sys.executable,
                "-m",
                "cgd_recipes",
                "render",
                "llama-cgd",
                "-s",
                f"data.source={source.resolve()}",
                "-o",
                str(out),
            ]
            high, peak = measure(command)
            results.append((high / low, low, high, peak))
        ratio, low, high, peak = sorted(results)[len(results) // 2]
        size = source.stat().st_size / 1e6
        print(
            f"{rows:>10,} {size:>8,.0f} {low:>8.2f} {high:>9.2f} {ratio:>6.2f} {rows / high:>8,.0f} {peak:>8.0f}",
            flush=True,
        )
        copy.unlink()


if __name__ == "__main__":
    main()
