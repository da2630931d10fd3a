"""Three stages for 2,000 rows against an emulated server of 256 slots: our client beside a plain one and a pipeline with barriers.

    python benchmarks/generate.py --rows 2000 --slots 256 --mean 1.5

Every client is a process of its own, on a server process of its own, and gets the same work. `openai` is needed for the plain
client only. Shares are of the time in which the server would do the same work: `of ideal` with all slots busy to the end,
`of best` with the better of two simulated schedules that cannot look ahead, earlier stages first in both.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import heapq
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from server import CRITIQUE, PROBE, REFINE, lengths

HERE = Path(__file__).resolve().parent
STAGES = (PROBE, CRITIQUE, REFINE)
STORY = "A farmer counts the crates of apples in each of her sheds, sells some, and buys twice as many as she sold. "
TASKS = (
    "Solve the problem step by step, and put the final answer in a box. " * 4,
    "Check the attempt step by step, say what is wrong and why, and end with the line `Conclusion: right` or `wrong`. "
    * 3,
    "Write a better solution, using the critique where it is right, and put the final answer in a box. " * 3,
)


def question(number: int) -> str:
    """A question of about 1 KB with the marker that the emulator looks for."""
    return f"row-{number:06d}: {STORY * 8}How many crates are left after day {number}?"


def prompt(stage: int, asked: str, answers: list[str]) -> list[dict[str, str]]:
    """Messages of a stage."""
    parts = [TASKS[stage], asked, *answers]
    return [{"role": "user", "content": "\n\n".join(parts)}]


def simulate(rows: int, slots: int, length: Any, *, longest_first: bool) -> float:
    """Seconds until all rows are done where a free slot takes the earliest stage that is ready.

    Args:
        length: seconds of a call, by marker and stage.
        longest_first: whether, in a stage, the row goes first that has taken longest so far; else they go in their order.
    """
    taken = [0.0] * rows
    ready = [(0, 0.0, row) for row in range(rows)]
    running: list[tuple[float, int, int]] = []
    now = 0.0
    while ready or running:
        while ready and len(running) < slots:
            stage, _, row = heapq.heappop(ready)
            seconds = length(f"row-{row:06d}", STAGES[stage])
            taken[row] += seconds
            heapq.heappush(running, (now + seconds, stage, row))
        now, stage, row = heapq.heappop(running)
        if stage + 1 < len(STAGES):
            heapq.heappush(ready, (stage + 1, -taken[row] if longest_first else 0.0, row))
    return now


async def plain(options: argparse.Namespace, url: str, out: Path) -> None:
    """What one writes with asyncio and the openai package: a task for each row, a semaphore, rows appended as they end."""
    from openai import AsyncOpenAI

    gate = asyncio.Semaphore(options.slots)
    with out.open("w") as file:
        async with AsyncOpenAI(base_url=url, api_key="none", timeout=600) as client:

            async def one(number: int) -> None:
                answers: list[str] = []
                for stage in range(len(STAGES)):
                    async with gate:
                        reply = await client.chat.completions.create(
                            model="emulated", messages=prompt(stage, question(number), answers), max_tokens=8192,
                            temperature=0, top_p=1)  # type: ignore[arg-type]  # fmt: skip
                    answers.append(reply.choices[0].message.content or "")
                file.write(json.dumps({"row": number, "answers": answers}) + "\n")

            await asyncio.gather(*map(one, range(options.rows)))


async def barrier(options: argparse.Namespace, url: str, out: Path) -> None:
    """A stage for all rows, then the next; on our own engine."""
    from cgd_recipes.generation.engines.openai import open_engine
    from cgd_recipes.generation.engines.protocol import Endpoint, EngineSettings, Message, Request, Sampling

    answers: list[list[str]] = [[] for _ in range(options.rows)]
    endpoint = Endpoint("emulated", (url,), concurrency=options.slots)
    async with open_engine(EngineSettings({"student": endpoint})) as engine:

        async def one(stage: int, number: int) -> None:
            turns = tuple(Message(**turn) for turn in prompt(stage, question(number), answers[number]))
            reply = await engine.complete(Request("", "student", "emulated", turns, Sampling()))
            answers[number].append(reply.text)

        for stage in range(len(STAGES)):
            await asyncio.gather(*[one(stage, number) for number in range(options.rows)])
    out.write_text("".join(json.dumps({"answers": texts}) + "\n" for texts in answers))


def write_recipe(folder: Path, rows: int, url: str, **settings: Any) -> list[str]:
    """A recipe and its rows, and the command that generates from them; JSON is YAML."""
    answers, data = settings.pop("answers", {}), settings.pop("data", {})
    with (folder / "rows.jsonl").open("w") as file:
        for number in range(rows):
            answer = {"answer": answers[number]} if number in answers else {}
            file.write(json.dumps({"id": f"r{number}", "question": question(number), **answer}) + "\n")
    role = {"model": "emulated", "base_urls": [url], "max_tokens": 8192, "concurrency": settings.pop("slots", 256)}
    recipe = {"extends": ["llama-cgd", "base/generate"], "name": "load", "data": {"source": "rows.jsonl", "sample": None, **data},
              "generate": {"student": role, "teacher": role, **settings}}  # fmt: skip
    (folder / "load.yaml").write_text(json.dumps(recipe))
    return [sys.executable, "-m", "cgd_recipes", "generate", "load.yaml"]


def ours(options: argparse.Namespace, url: str, folder: Path) -> list[str]:
    """The whole of `cgd-recipe generate`: rows drawn, every answer in the journal, triples written."""
    return write_recipe(folder, options.rows, url, slots=options.slots)


@contextlib.contextmanager
def emulator(*options: str) -> Iterator[str]:
    """Address of a server process, which ends with the block."""
    command = [sys.executable, str(HERE / "server.py"), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def stats(url: str) -> dict[str, Any]:
    """What the server counted."""
    with urllib.request.urlopen(url.removesuffix("/v1") + "/stats", timeout=10) as answer:
        found: dict[str, Any] = json.load(answer)
        return found


def measure(command: list[str], folder: Path) -> dict[str, float]:
    """Wall and CPU seconds, and peak MB, of a process of its own."""
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    if status:
        raise SystemExit(f"{' '.join(command)} ended with status {os.waitstatus_to_exitcode(status)}")
    return {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "rss": usage.ru_maxrss / 1024}


def main() -> None:
    """Measure every client and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", nargs="+", default=list(CLIENTS), choices=CLIENTS)
    parser.add_argument("--rows", type=int, default=2_000)
    parser.add_argument("--slots", type=int, default=256)
    parser.add_argument("--mean", type=float, default=1.5)
    parser.add_argument("--correlation", type=float, default=0.0, help="between the lengths of the calls of a row")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--faults", nargs="*", default=[])
    parser.add_argument("--run", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        client, url = options.run.split("@", 1)
        asyncio.run({"plain": plain, "barrier": barrier}[client](options, url, Path("out.jsonl")))
        return
    length = partial(lengths, seed=options.seed, mean=options.mean, sigma=0.6, correlation=options.correlation)
    best = min(simulate(options.rows, options.slots, length, longest_first=first) for first in (False, True))
    print(
        f"{'client':<8} {'wall s':>7} {'serving s':>9} {'of ideal':>8} {'of best':>7} {'cpu ms/call':>11} {'peak MB':>7}  server"
    )
    for client in options.clients:
        if client == "plain" and not importlib.util.find_spec("openai"):
            print("plain    is left out: pip install openai")
            continue
        row(client, options, best)


def row(client: str, options: argparse.Namespace, best: float) -> None:
    """Measure one client."""
    shape = ["--slots", str(options.slots), "--mean", str(options.mean), "--seed", str(options.seed),
             "--correlation", str(options.correlation)]  # fmt: skip
    with tempfile.TemporaryDirectory() as name, emulator(*shape, "--faults", *options.faults) as url:
        found = measure(CLIENTS[client](options, url, Path(name)), Path(name))
        counts = stats(url)
    calls = len(STAGES) * options.rows
    ideal = counts["work"] / options.slots
    kept = {key: value for key, value in counts.items() if value and key not in ("work", "wall", "running", "queued")}
    print(f"{client:<8} {found['wall']:>7.1f} {counts['wall']:>9.1f} {ideal / found['wall']:>8.3f} {best / found['wall']:>7.3f} "
          f"{1000 * found['cpu'] / calls:>11.2f} {found['rss']:>7.0f}  {kept}", flush=True)  # fmt: skip


def again(client: str) -> Any:
    """The command that runs a client of this file."""

    def command(options: argparse.Namespace, url: str, folder: Path) -> list[str]:
        rest = ["--rows", str(options.rows), "--slots", str(options.slots)]
        return [sys.executable, str(HERE / "generate.py"), "--run", f"{client}@{url}", *rest]

    return command


CLIENTS = {"ours": ours, "plain": again("plain"), "barrier": again("barrier")}

if __name__ == "__main__":
    main()
