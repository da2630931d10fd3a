"""All rows through all stages, each as soon as what it needs is there."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import chain, groupby
from typing import Protocol

from cgd_recipes.errors import RecipeError
from cgd_recipes.generation.engine import BatchEngine, Completion, Engine, Request, RequestFailed
from cgd_recipes.generation.flow import Answer, Flow, Outcome, flow, replay
from cgd_recipes.generation.journal import Journal
from cgd_recipes.generation.settings import Generation
from cgd_recipes.rows import Row

_OPEN_ROWS = 4
"""Open rows per slot. Rows that wait with their short last stages keep all slots busy when the source runs dry: in a
simulation of 2,000 rows and 256 slots that takes a run from 83 to 90 % of the work divided by the slots; more rows add nothing."""
_SYNC_SECONDS = 1.0


class Watch(Protocol):
    """What wants to know how a run goes on."""

    def known(self, request: Request, answer: Answer) -> None:
        """The journal has an answer already."""

    def answered(self, request: Request, answer: Answer) -> None:
        """An engine answered, or failed to."""

    def settled(self, outcome: Outcome) -> None:
        """A row came to its end, or was set aside."""


@dataclass
class Run:
    """What the drivers share.

    Attributes:
        generation: as loaded.
        journal: where every answer goes.
        watch: told of everything.
    """

    generation: Generation
    journal: Journal
    watch: Watch
    _streak: Counter[str] = field(default_factory=Counter)

    def keep(self, request: Request, answer: Answer) -> None:
        """Put what an engine gave into the journal."""
        if isinstance(answer, Completion):
            self.journal.put(request, answer)
        else:
            self.journal.fail(request, answer)
        self.watch.answered(request, answer)

    def settle(self, outcome: Outcome) -> None:
        """Note what became of a row."""
        if outcome.key:
            self.journal.mark(outcome.key, outcome.reason)
        self.watch.settled(outcome)

    def check_streak(self, reason: str, detail: str) -> None:
        """Count a failure, or with an empty reason end the streak.

        Raises:
            RecipeError: too many failures, with no success between them.
        """
        if not reason:
            self._streak.clear()
            return
        self._streak[reason] += 1
        if self._streak.total() < self.generation.section["max_failures"]:
            return
        reasons = ", ".join(f"{reason} ({count:,})" for reason, count in self._streak.most_common(3))
        message = (
            f"stopped, because {self._streak.total():,} rows failed with no success between them: {reasons}"
            f"{'; the last: ' + detail if detail else ''}. Every answer so far is kept: mend the cause, then run again with "
            "--retry-failed"
        )
        raise RecipeError([self.generation.plan.recipe.problem(("generate", "max_failures"), message)])


def run_stages(run: Run, engine: Engine | BatchEngine, rows: Iterable[Row]) -> None:
    """Take all rows through all stages.

    Args:
        run: what is run.
        engine: not yet started.
        rows: iterated as often as needed.

    Raises:
        RecipeError: the engine cannot run, or too many rows failed; every answer so far is in the journal.
    """
    if isinstance(engine, BatchEngine):
        _run_batches(run, engine, rows)
    else:
        asyncio.run(_run_rows(run, engine, rows))


def _run_batches(run: Run, engine: BatchEngine, rows: Iterable[Row]) -> None:
    """A stage at a time: every round asks for what each row lacks next, until none lacks anything."""
    with engine:
        while True:
            lacking = _lacking(run, rows)
            first = next(lacking, None)
            if first is None:
                return
            role = first.role
            for request, answer in engine.batch(role, _of_role(role, chain([first], lacking))):
                run.keep(request, answer)
                failed = answer if isinstance(answer, RequestFailed) else None
                run.check_streak(failed.reason if failed else "", failed.detail if failed else "")


def _of_role(role: str, requests: Iterable[Request]) -> Iterator[Request]:
    """Those of one role; the others' turn comes in a later round."""
    return (request for request in requests if request.role == role)


def _lacking(run: Run, rows: Iterable[Row]) -> Iterator[Request]:
    asked: set[str] = set()
    for row in rows:
        step = replay(run.generation, row, run.journal)
        if isinstance(step, Request) and step.key not in asked:
            asked.add(step.key)
            yield step


async def _run_rows(run: Run, engine: Engine, rows: Iterable[Row]) -> None:
    roles = [role for role, _ in groupby(bound.stage.role for bound in run.generation.stages)]
    async with engine:
        syncing = asyncio.create_task(_sync(run.journal))
        try:
            if not engine.one_model:
                await _Pass(run, engine, set(roles)).run(rows)
                return
            for role in roles:
                await engine.switch(role)
                await _Pass(run, engine, {role}).run(rows)
        finally:
            syncing.cancel()
            await asyncio.gather(syncing, return_exceptions=True)


async def _sync(journal: Journal) -> None:
    """Force the journal to disk now and then, beside everything else."""
    while True:
        await asyncio.sleep(_SYNC_SECONDS)
        await asyncio.to_thread(journal.sync)


class _Pool:
    """Requests of one or several roles that share slots, the next one first."""

    def __init__(self, slots: int):
        self.slots, self.busy = slots, 0
        self.ready: list[tuple[tuple[int, int], int, Request]] = []


class _Pass:
    """Rows side by side, as far as the given roles can take them.

    Where stages are apart, the earlier stage goes first, and in a stage the row with the longer texts, so that what is
    left for the end is short. Where a conversation goes on, its next turn goes first, while its blocks are still cached.
    """

    def __init__(self, run: Run, engine: Engine, roles: set[str]):
        self._run, self._engine, self._roles = run, engine, roles
        self._depth = {bound.stage.name: number for number, bound in enumerate(run.generation.stages)}
        if any(bound.earlier for bound in run.generation.stages):
            self._depth = {name: -number for name, number in self._depth.items()}
        pools: dict[tuple[str, ...], _Pool] = {}
        self._pools = {}
        for role in roles:
            shared = run.generation.endpoints[role].base_urls
            self._pools[role] = pools.setdefault(shared, _Pool(engine.slots(role)))
        self._window = _OPEN_ROWS * sum(pool.slots for pool in pools.values())
        self._open = 0
        self._asked = 0
        self._waiting: dict[str, list[Flow]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._error: BaseException | None = None
        self._wake = asyncio.Event()

    async def run(self, rows: Iterable[Row]) -> None:
        """Take rows as there is room for them, until all are settled or wait for another role."""
        try:
            for number, row in enumerate(rows):
                while self._open >= self._window:
                    await self._pause()
                self._open += 1
                self._advance(flow(self._run.generation, row), None)
                if number % 64 == 63:  # rows that the journal has already must not keep the answers waiting
                    await asyncio.sleep(0)
            while self._open:
                await self._pause()
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _pause(self) -> None:
        self._wake.clear()
        if not self._error:
            await self._wake.wait()
        if self._error:
            raise self._error

    def _advance(self, steps: Flow, answer: Answer | None) -> Outcome | None:
        """Take a row to the next request that the journal lacks; gives its outcome where it came to its end."""
        while True:
            try:
                request = next(steps) if answer is None else steps.send(answer)
            except StopIteration as end:
                self._close()
                outcome: Outcome = end.value
                self._run.settle(outcome)
                return outcome
            answer = self._run.journal.get(request.key)
            if answer is not None:
                self._run.watch.known(request, answer)
                continue
            if request.role not in self._roles:
                steps.close()
                self._close()
            elif request.key in self._waiting:
                self._waiting[request.key].append(steps)
            else:
                self._waiting[request.key] = [steps]
                self._queue(request)
            return None

    def _close(self) -> None:
        self._open -= 1
        self._wake.set()

    def _queue(self, request: Request) -> None:
        pool = self._pools[request.role]
        size = sum(len(turn.content) for turn in request.messages)
        self._asked += 1
        heappush(pool.ready, ((self._depth[request.labels["stage"]], -size), self._asked, request))
        self._fill(pool)

    def _fill(self, pool: _Pool) -> None:
        while pool.ready and pool.busy < pool.slots and not self._error:
            pool.busy += 1
            task = asyncio.create_task(self._ask(pool, heappop(pool.ready)[-1]))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _ask(self, pool: _Pool, request: Request) -> None:
        try:
            answer: Answer = await self._engine.complete(request)
        except RequestFailed as failure:
            answer = failure
        except Exception as error:
            self._stop(error)
            return
        finally:
            pool.busy -= 1
        try:
            self._run.keep(request, answer)
            for steps in self._waiting.pop(request.key):
                outcome = self._advance(steps, answer)
                self._run.check_streak(*((outcome.reason, outcome.detail) if outcome else ("", "")))
            self._fill(pool)
        except Exception as error:
            self._stop(error)

    def _stop(self, error: Exception) -> None:
        self._error = self._error or error
        self._wake.set()
