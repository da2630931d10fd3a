"""Kill `cgd-recipe generate` at random moments and start it again, until it comes to its end, and see what is lost or sent twice.

    python benchmarks/kills.py --kills 50

After every `kill -9` the journal must be whole, and hold all that the server had answered but what was on its way. At the end no
row may be lost or there twice, and no call may have been sent again that was not in flight at a kill.

    python benchmarks/kills.py --kills 40 --accept 800

draws questions until so many rows are accepted, of which about six in ten have a right refined answer. What is written must be
the same, to the byte, as what a run writes that nobody kills.
"""

from __future__ import annotations

import argparse
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

from generate import STAGES, emulator, stats, write_recipe
from server import REFINE, lengths, uniform

OUTPUT = Path("build") / "load.generated"
PACE = 0.005  # seconds of a token: the emulator's default


def main() -> None:
    """Kill, count, print; status 1 where anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--rows", type=int, default=4_000)
    parser.add_argument("--slots", type=int, default=64)
    parser.add_argument("--mean", type=float, default=0.2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--accept", type=int, help="rows to accept; all rows are taken where it is not given")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        with emulator("--slots", "1000", "--mean", str(options.mean)) as url:
            problems = kill_until_done(options, url, Path(name))
        if options.accept:
            problems += unlike_unbroken(options, Path(name))
    print("\n".join(problems) or "nothing lost, nothing twice")
    sys.exit(bool(problems))


def kill_until_done(options: argparse.Namespace, url: str, folder: Path) -> list[str]:
    """Everything that went wrong."""
    command = command_of(options, url, folder)
    dice, problems, in_flight, unkept, kills, early = random.Random(options.seed), [], [], [], 0, 0
    before = {"kept": 0, **stats(url)}
    while True:
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
        if kills < options.kills:
            # So few calls a life that it cannot come to its end before the last kill.
            calls = dice.randrange(len(STAGES) * (options.accept or options.rows) // (options.kills + 1))
            starting = dice.random() < 0.15
            while not starting and process.poll() is None and stats(url)["received"] < before["received"] + calls:
                time.sleep(0.005)
            time.sleep(dice.uniform(0.0, 0.5 if starting else 0.02))
            process.send_signal(signal.SIGKILL)
        if process.wait() != -signal.SIGKILL:
            break
        kills += 1
        time.sleep(0.1)  # until the server knows
        now, kept = stats(url), journal_answers(folder / OUTPUT / "journal.sqlite", problems)
        new = kept - before["kept"]
        early += now["received"] == before["received"]
        in_flight.append(now["received"] - before["received"] - new)
        unkept.append(now.get("answered", 0) - before.get("answered", 0) - new)
        before = {**now, "kept": kept}
        if in_flight[-1] > options.slots:
            problems.append(
                f"kill {kills}: {in_flight[-1]} calls sent and not kept, at most {options.slots} were in flight"
            )
    problems += judge(options, url, folder, process.returncode, kills, sum(in_flight))
    counts = stats(url)
    print(f"{kills} kills ({early} before the first request), {options.rows} rows, {counts['received']} calls received for "
          f"{counts['different']} different ones: {counts['sent_again']} sent again, {sum(in_flight)} were in flight at the "
          f"kills; of those {sum(unkept)} were answered, not yet kept ({max(unkept, default=0)} at most at one kill)")  # fmt: skip
    return problems


def command_of(options: argparse.Namespace, url: str, folder: Path) -> list[str]:
    """The recipe and its rows, and the command; where rows are accepted, six in ten have the answer that they will get."""
    settings: dict[str, Any] = {}
    if options.accept:
        length = partial(lengths, seed=0, mean=options.mean, sigma=0.6, correlation=0.0)
        answers = {}
        for number in range(options.rows):
            mark = f"row-{number:06d}"
            said = len(mark) + max(1, round(length(mark, REFINE) / PACE))
            answers[number] = str(said if uniform("gold", number) < 0.6 else said + 1)
        settings = {"answers": answers, "data": {"sample": options.accept}, "accept": {"refined_right": True}}
    return write_recipe(folder, options.rows, url, slots=options.slots, **settings)


def unlike_unbroken(options: argparse.Namespace, folder: Path) -> list[str]:
    """Files that are not as those of a run that nobody kills, against a server of its own."""
    with tempfile.TemporaryDirectory() as name, emulator("--slots", "1000", "--mean", str(options.mean)) as url:
        subprocess.run(command_of(options, url, Path(name)), cwd=name, stdout=subprocess.DEVNULL, check=True)
        files = sorted(file.name for file in (Path(name) / OUTPUT).glob("*.json*"))
        print(f"compared with an unbroken run: {', '.join(files)}")
        return [
            f"{file} is another one than that of an unbroken run"
            for file in files
            if (Path(name) / OUTPUT / file).read_bytes() != (folder / OUTPUT / file).read_bytes()
        ]


def journal_answers(journal: Path, problems: list[str]) -> int:
    """Answers in a copy of the journal, as the kill left it."""
    if not journal.is_file():
        return 0
    with tempfile.TemporaryDirectory() as copy:
        for file in journal.parent.glob(f"{journal.name}*"):
            shutil.copy(file, copy)
        database = sqlite3.connect(Path(copy) / journal.name)
        if not database.execute("SELECT count(*) FROM sqlite_master WHERE name = 'answers'").fetchone()[0]:
            return 0
        if (state := database.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
            problems.append(f"the journal is damaged: {state}")
        return int(database.execute("SELECT count(*) FROM answers").fetchone()[0])


def judge(options: argparse.Namespace, url: str, folder: Path, status: int, kills: int, in_flight: int) -> list[str]:
    """What is wrong at the end."""
    import orjson

    counts, problems = stats(url), []
    triples = (folder / OUTPUT / "triples.jsonl").read_bytes().splitlines() if status == 0 else []
    ids = [orjson.loads(line)["id"] for line in triples]
    wanted = {f"r{number}" for number in range(options.rows)}
    if status:
        problems.append(f"the last run ended with status {status}")
    if kills < options.kills:
        problems.append(f"it came to its end after {kills} kills; take more --rows")
    if options.accept:
        wanted = set(ids)
        if len(ids) != options.accept:
            problems.append(f"{len(ids)} rows accepted, not {options.accept}")
    if set(ids) != wanted or len(ids) != len(wanted):
        problems.append(f"{len(wanted - set(ids))} rows lost, {len(ids) - len(set(ids))} twice")
    if not options.accept and counts["different"] != len(STAGES) * options.rows:
        problems.append(f"{counts['different']} different calls, not {len(STAGES) * options.rows}")
    if counts["sent_again"] > in_flight:
        problems.append(f"{counts['sent_again']} calls were sent again, only {in_flight} were in flight")
    return problems


if __name__ == "__main__":
    main()
