"""All rows through all stages, each as soon as what it needs is there."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import AsyncExitStack, ExitStack
from itertools import chain, groupby, islice
from typing import Any

from cgd_recipes.data.rows import RowFields as Row
from cgd_recipes.generation.engines.protocol import BatchEngine, Completion, Engine, Request, RequestFailed
from cgd_recipes.generation.flow import Answer, Flow, Outcome, follow
from cgd_recipes.generation.journal import Journal
from cgd_recipes.generation.pool import Pool
from cgd_recipes.generation.recorder import Recorder

_OPEN_ROWS = 8
"""Open rows per slot. Rows that wait with their short last stages keep all slots busy when the source runs dry. Where a row
that was long is likely to stay so, twice as many take a run of 2,000 rows on 256 slots from 82 to 93 % of the work divided by
the slots, in a simulation with correlation 0.5; more rows add little."""
_SYNC_SECONDS = 1.0


def run_stages(recorder: Recorder, engine: Engine | BatchEngine, rows: Iterable[Row]) -> None:
    """Take all rows through all stages.

    Args:
        recorder: of the run.
        engine: not yet started; it is left so where the journal has every answer.
        rows: iterated as often as needed.

    Raises:
        RecipeError: the engine cannot run, or too many rows failed; every answer so far is in the journal.
    """
    if isinstance(engine, BatchEngine):
        _run_batches(recorder, engine, rows)
    else:
        asyncio.run(_run_rows(recorder, engine, rows))


def _run_batches(recorder: Recorder, engine: BatchEngine, rows: Iterable[Row]) -> None:
    """A stage at a time: every round asks for what each row lacks next, until none lacks anything."""
    acceptance, known = recorder.acceptance, 0
    asked: dict[str, str] = {}
    with ExitStack() as started:
        is_started = False
        while True:
            wanted = acceptance.wanted
            lacking = _lacking(recorder, islice(rows, wanted), asked, known)
            first = next(lacking, None)
            asked, known = {}, wanted
            if first is None:
                _judge(recorder)
                if acceptance.wanted == wanted or acceptance.end:
                    return
                continue
            if not is_started:
                started.enter_context(engine)
                is_started = True
            for request, answer in engine.batch(first.role, _of_role(first.role, chain([first], lacking))):
                recorder.record_answer(request, answer)
                asked[request.key] = request.stage


def _judge(recorder: Recorder) -> None:
    """Decide all rows that can be decided."""
    while rows := recorder.acceptance.ready():
        recorder.decide(rows, recorder.acceptance.examine(rows))


def _of_role(role: str, requests: Iterable[Request]) -> Iterator[Request]:
    """Those of one role; the others' turn comes in a later round."""
    return (request for request in requests if request.role == role)


def _lacking(recorder: Recorder, rows: Iterable[Row], answered: dict[str, str], known: int) -> Iterator[Request]:
    """What rows lack next, each request once.

    Args:
        answered: requests of the round before -> their stages; what came of each is judged.
        known: rows whose known answers are counted already, from the first on.
    """
    asked: set[str] = set()
    for number, row in enumerate(rows):
        seen: list[str] = []

        def see(request: Request, answer: Answer, seen: list[str] = seen, is_new: bool = number >= known) -> None:
            seen.append(request.key)
            if is_new:
                recorder.watch.known(request, answer)

        step = follow(recorder.flow(row), recorder.journal, known=see).last
        if seen and (stage := answered.pop(seen[-1], None)):
            recorder.count_failures(stage, step)
        if isinstance(step, Outcome):
            recorder.record_outcome(number, step)
        elif step.key not in asked:
            asked.add(step.key)
            yield step


async def _run_rows(recorder: Recorder, engine: Engine, rows: Iterable[Row]) -> None:
    roles = [role for role, _ in groupby(bound.stage.role for bound in recorder.generation.stages)]
    passes = [[role] for role in roles] if engine.one_model else [list(dict.fromkeys(roles))]
    async with _Lazy(engine) as lazy:
        syncing = asyncio.create_task(_sync(recorder.journal))
        try:
            decided = -1
            while recorder.acceptance.judged > decided and not recorder.acceptance.end:
                decided = recorder.acceptance.judged
                for turn in passes:
                    await _Pass(recorder, lazy, turn).run(rows)
                    if syncing.done():
                        syncing.result()
        finally:
            syncing.cancel()
            await asyncio.gather(syncing, return_exceptions=True)


class _Lazy:
    """An engine that starts with the first request, so that a run whose answers are all known needs none.

    Args:
        engine: not yet started.
    """

    def __init__(self, engine: Engine):
        self._engine, self._started = engine, AsyncExitStack()
        self.slots = engine.slots
        self._starting = asyncio.Lock()
        self._role: str | None = None

    async def __aenter__(self) -> _Lazy:
        return self

    async def __aexit__(self, *error: Any) -> None:
        await self._started.__aexit__(*error)

    async def complete(self, request: Request) -> Completion:
        """See Engine."""
        if self._role != request.role:
            async with self._starting:
                if self._role is None:
                    await self._started.enter_async_context(self._engine)
                if self._engine.one_model and self._role != request.role:
                    await self._engine.switch(request.role)
                self._role = request.role
        return await self._engine.complete(request)


async def _sync(journal: Journal) -> None:
    """Force the journal to disk now and then, beside everything else."""
    while True:
        await asyncio.sleep(_SYNC_SECONDS)
        await asyncio.to_thread(journal.sync)


class _Pass:
    """Rows side by side, as far as the given roles can take them.

    Where stages are apart, the earlier stage goes first, and in a stage the row with the longer texts, so that what is
    left for the end is short. Where a conversation goes on, its next turn goes first, while its blocks are still cached.
    """

    def __init__(self, recorder: Recorder, engine: _Lazy, roles: list[str]):
        self._recorder, self._engine, self._roles = recorder, engine, roles
        self._depth = {bound.stage.name: number for number, bound in enumerate(recorder.generation.stages)}
        if any(bound.earlier for bound in recorder.generation.stages):
            self._depth = {name: -number for name, number in self._depth.items()}
        shared: dict[tuple[str, ...], dict[str, int]] = {}
        for role in roles:
            shared.setdefault(recorder.generation.endpoints[role].base_urls, {})[role] = engine.slots(role)
        pools = [Pool(slots) for slots in shared.values()]
        self._pools = {role: pool for pool in pools for role in pool.room}
        self._window = _OPEN_ROWS * sum(pool.most for pool in pools)
        self._open = 0
        self._asked = 0
        self._waiting: dict[str, list[tuple[int, Flow]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._error: BaseException | None = None
        self._wake = asyncio.Event()

    async def run(self, rows: Iterable[Row]) -> None:
        """Take rows as there is room for them, until all are settled or wait for another role."""
        try:
            for number, row in enumerate(rows):
                if number in self._recorder.outcomes:
                    continue
                if not await self._may_open(number):
                    break
                self._open += 1
                self._advance(number, self._recorder.flow(row))
                if number % 64 == 63:  # rows that the journal has already must not keep the answers waiting
                    await asyncio.sleep(0)
            while self._open and not await self._is_over():
                await self._pause()
            await self._is_over()
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _may_open(self, number: int) -> bool:
        """Wait until a row is wanted and has room; False where it will not be wanted while this pass goes on."""
        while not await self._is_over():
            is_wanted = number < self._recorder.acceptance.wanted
            if is_wanted and self._open < self._window:
                return True
            if not self._open:
                return False
            await self._pause()
        return False

    async def _is_over(self) -> bool:
        """Judge the rows that can be judged, beside everything else. Whether there are enough of them."""
        acceptance = self._recorder.acceptance
        while rows := acceptance.ready():
            self._recorder.decide(rows, await asyncio.to_thread(acceptance.examine, rows))
        return acceptance.end is not None

    async def _pause(self) -> None:
        if not self._error:
            await self._wake.wait()
        self._wake.clear()  # afterwards, so that nothing is missed that happens while rows are judged
        if self._error:
            raise self._error

    def _advance(self, number: int, steps: Flow, answered: tuple[Request, Answer] | None = None) -> Request | Outcome:
        """Take a row on as far as the journal has its answers. Gives what it came to first: a request, or its end."""
        reached = follow(steps, self._recorder.journal, answered, self._known)
        if isinstance(reached.last, Outcome):
            self._close()
            self._recorder.record_outcome(number, reached.last)
        elif reached.last.role not in self._roles:
            steps.close()
            self._close()
        elif reached.last.key in self._waiting:
            self._waiting[reached.last.key].append((number, steps))
        else:
            self._waiting[reached.last.key] = [(number, steps)]
            self._queue(reached.last)
        return reached.first

    def _known(self, request: Request, answer: Answer) -> None:
        if request.role in self._roles:
            self._recorder.watch.known(request, answer)

    def _close(self) -> None:
        self._open -= 1
        self._wake.set()

    def _queue(self, request: Request) -> None:
        pool = self._pools[request.role]
        size = sum(len(turn.content) for turn in request.messages)
        self._asked += 1
        pool.add((self._depth[request.stage], -size), self._asked, request)
        self._fill(pool)

    def _fill(self, pool: Pool) -> None:
        while not self._error and (request := pool.take()):
            task = asyncio.create_task(self._ask(pool, request))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _ask(self, pool: Pool, request: Request) -> None:
        try:
            answer: Answer = await self._engine.complete(request)
        except RequestFailed as failure:
            answer = failure
        except Exception as error:
            self._stop(error)
            return
        finally:
            pool.give(request)
        try:
            answer = self._recorder.record_answer(request, answer)
            reached = [
                self._advance(number, steps, (request, answer)) for number, steps in self._waiting.pop(request.key)
            ]
            self._recorder.count_failures(request.stage, reached[0])
            self._fill(pool)
        except Exception as error:
            self._stop(error)

    def _stop(self, error: Exception) -> None:
        self._error = self._error or error
        self._wake.set()
