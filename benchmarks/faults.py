"""Every fault of a server at once, each on one call in ten, and what becomes of the rows.

    python benchmarks/faults.py --rows 300 --rate 0.1

The server restarts in between as well. Every row must end either right, word for word, or in failed.jsonl with the reason that its
fault has; --retry-failed must then bring the rest. At last the server changes its model, which must stop the run.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import orjson
from generate import CRITIQUE, PROBE, REFINE, emulator, question, stats, write_recipe
from server import FAULTS

REASONS = {"truncated": "truncated answer", "overflow": "prompt too long"}
"""What another try cannot mend, or must not: the reason that the row's failure has."""
FIELDS = {"student_response": PROBE, "critique": CRITIQUE, "refined_response": REFINE}
OUTPUT = Path("build") / "load.generated"


def main() -> None:
    """Run, judge, print; status 1 where a row came to a wrong end."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=300)
    parser.add_argument("--rate", type=float, default=0.1)
    options = parser.parse_args()
    shape = [
        "--mean",
        "0.2",
        "--retry-after",
        "0.2",
        "--restart-every",
        str(max(50, options.rows)),
        "--restart-seconds",
        "1",
    ]
    problems: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with emulator(*shape, "--faults", f"all={options.rate}") as url:
            command = write_recipe(folder, options.rows, url, slots=64, timeout=2, max_failures=options.rows)
            seconds = run(command, folder, 0, problems)
            failed, counts = judge(folder, options.rows, problems), stats(url)
            for fault, reason in REASONS.items():
                # A restart may drop an answer with a fault, and the next try has none.
                if not 0 <= counts.get(f"fault_{fault}", 0) - failed[reason] <= counts["restarts"]:
                    problems.append(
                        f"{failed[reason]} rows have '{reason}', {counts.get(f'fault_{fault}')} had the fault"
                    )
            print(
                f"{options.rows} rows in {seconds:.0f} s: {options.rows - failed.total()} right, failed: {dict(failed)}"
            )
            while failed.total() and len(problems) == 0:
                run([*command, "--retry-failed"], folder, 0, problems)
                failed = judge(folder, options.rows, problems)
                print(f"--retry-failed: {options.rows - failed.total()} right, failed: {dict(failed)}")
            print("server:", stats(url))
        with emulator("--mean", "0.2", "--change-model-after", str(options.rows)) as url:
            said: list[str] = []
            run(
                [*write_recipe(folder, options.rows, url, slots=64), "-s", "generate.output=other"],
                folder,
                1,
                problems,
                said,
            )
            print(f"a change of the model: {said[0].strip()}")
            if "its model was changed" not in said[0]:
                problems.append("a change of the model was not noticed")
    print("\n".join(problems) or "every row is right or has its reason")
    sys.exit(bool(problems))


def run(command: list[str], folder: Path, status: int, problems: list[str], said: list[str] | None = None) -> float:
    """Seconds of one run, which must end with a status."""
    begin = time.monotonic()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode != status or "Traceback" in done.stderr:
        problems.append(f"status {done.returncode}, not {status}: {done.stderr[-2_000:]}")
    if said is not None:
        said.append(done.stderr)
    return time.monotonic() - begin


def judge(folder: Path, rows: int, problems: list[str]) -> Counter[str]:
    """Reasons of the rows that failed; a row that is neither right nor failed, or both, is a problem."""
    complete, failures = lines(folder / OUTPUT / "triples.jsonl"), lines(folder / OUTPUT / "failed.jsonl")
    ends = Counter(row["id"] for row in complete + failures)
    if ends != Counter(f"r{number}" for number in range(rows)):
        problems.append(f"{rows - len(ends)} rows lost, {ends.total() - len(ends)} with two ends")
    for row in complete:
        mark = question(int(row["id"][1:])).partition(":")[0]
        for field, begin in FIELDS.items():
            ending = f"Conclusion: {row['verdict']}" if field == "critique" else "}."
            if not (row[field].startswith(f"{begin} {mark}: ") and row[field].endswith(ending)):
                problems.append(f"{row['id']}: {field} is wrong: {row[field][:60]!r} ... {row[field][-30:]!r}")
    for row in failures:
        if row["reason"] not in REASONS.values():
            problems.append(
                f"{row['id']}: set aside at {row['stage']} for '{row['reason']}' ({row.get('detail', '')[:200]})"
            )
    return Counter(row["reason"] for row in failures)


def lines(file: Path) -> list[dict[str, Any]]:
    """Rows of a file; none where it is not there."""
    return [orjson.loads(line) for line in file.read_bytes().splitlines()] if file.is_file() else []


assert set(REASONS) < set(FAULTS)

if __name__ == "__main__":
    main()
