"""Start-up time of the command line, beside a bare click program.

    python benchmarks/cli.py

The commands are run in turns, so that a busy machine slows them alike; the table has medians and ratios to the bare program.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BARE = """
import click

@click.group()
def main():
    \"\"\"A bare program.\"\"\"

@main.command()
@click.argument("name")
def hello(name):
    \"\"\"Say hello.\"\"\"

main()
"""
ROUNDS = 15


def main() -> None:
    """Time every command in turns and print a table."""
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder) / "bare.py"
        bare.write_text(BARE)
        ours = [sys.executable, "-m", "cgd_recipes"]
        commands = {
            "bare click --help": [sys.executable, str(bare), "--help"],
            "cgd-recipe --help": [*ours, "--help"],
            "cgd-recipe ls": [*ours, "ls"],
            "cgd-recipe validate qwen-cgd": [*ours, "validate", "qwen-cgd"],
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(ROUNDS):
            for name, command in commands.items():
                start = time.perf_counter()
                subprocess.run(command, check=True, capture_output=True)
                times[name].append(time.perf_counter() - start)
    floor = statistics.median(times["bare click --help"])
    print(f"{'command':<30} {'median s':>9} {'ratio':>6}")
    for name, seconds in times.items():
        median = statistics.median(seconds)
        print(f"{name:<30} {median:>9.3f} {median / floor:>6.2f}")


if __name__ == "__main__":
    main()
