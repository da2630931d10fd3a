"""The addresses of servers: which one takes the next request, and which is left alone for how long."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable, Iterable
from typing import NamedTuple, Protocol


class Waits(NamedTuple):
    """Seconds that the engine waits.

    Attributes:
        first, longest: pause after a failure; it doubles, with jitter, from one to the other.
        away: longest pause after a refused connection; looking again costs a server nothing.
        ramp: after a pause of an address, the requests that wait for it are let through over so long, not at once.
        connect: until a connection stands.
    """

    first: float = 0.5
    longest: float = 30.0
    away: float = 5.0
    ramp: float = 1.0
    connect: float = 30.0

    def backoff(self, failures: int, longest: float | None = None) -> float:
        """Jittered pause after the n-th failure in a row."""
        pause = min(self.first * 2.0 ** min(failures - 1, 20), longest or self.longest)
        return pause * random.uniform(0.5, 1.5)  # noqa: S311 - jitter


class Clock:
    """The event loop's time. A test has a clock of its own, so that what is waited for depends on nothing else."""

    def time(self) -> float:
        """Seconds, from any beginning."""
        return asyncio.get_running_loop().time()

    def call_at(self, when: float, callback: Callable[[], None]) -> asyncio.TimerHandle:
        """Have something called at a time; the handle takes it back."""
        return asyncio.get_running_loop().call_at(when, callback)

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


class Address:
    """One server.

    Attributes:
        in_flight: requests sent there and not answered yet, of all roles.
        unsure: whether it went away since its models were read; it may have come back with another one.
    """

    def __init__(self, url: str):
        self.url, self.in_flight, self.unsure = url, 0, False
        self.checking = asyncio.Lock()
        self._failures = self._refusals = 0
        self._closed_until = self._ramp_until = self._next = 0.0

    def opens(self) -> float:
        """The clock's time at which the next request may go there; in the past where it is open."""
        return max(self._closed_until, self._next)

    def sent(self, now: float, gap: float) -> None:
        """Count a request that goes there; after a pause the next one follows a gap behind it."""
        self.in_flight += 1
        if now < self._ramp_until:
            self._next = max(now, self._next) + gap

    def succeeded(self) -> None:
        """Note that it works."""
        self._failures = self._refusals = 0

    def failed(self, now: float, waits: Waits, *, away: bool) -> None:
        """Close it for a while where it is away, or where a good part of what is in flight failed in a row.

        What was in flight when it was closed fails along with the first and counts no more.
        """
        if now < self._closed_until:
            return
        self._failures += 1
        patience = max(3, self.in_flight // 4)
        if away:
            self.pause(now, waits.backoff(self._failures, waits.away), waits)
        elif self._failures >= patience:
            self.pause(now, waits.backoff(self._failures - patience + 1), waits)

    def refused(self, now: float, wait: float | None, waits: Waits) -> None:
        """Close it for as long as it asks (Retry-After), and ever longer where nothing is answered in between."""
        if now >= self._closed_until:
            self._refusals += 1
        asked = 0.0 if wait is None else max(wait, 0.001) * random.uniform(1.0, 1.1)  # noqa: S311 - jitter
        # The first pause is as long as the server asks; where it does not say, it counts as the first refusal.
        unheeded = self._refusals if wait is None else self._refusals - 1
        self.pause(now, max(asked, waits.backoff(unheeded) if unheeded else 0.0), waits)

    def pause(self, now: float, seconds: float, waits: Waits) -> None:
        """Close it."""
        self._closed_until = max(self._closed_until, now + seconds)
        self._ramp_until = self._closed_until + waits.ramp


class _Queue(NamedTuple):
    """Requests that wait for one of some addresses, each of which takes at most `limit`."""

    urls: tuple[str, ...]
    limit: int


class _Timer(Protocol):
    def cancel(self) -> None: ...


class Addresses:
    """All addresses of a run: the one with the fewest requests in flight is taken, in the order of asking.

    Args:
        urls: addresses; one that two roles name is counted once.
        waits: how long one that failed is left alone.
        clock: by which it is left alone.
    """

    def __init__(self, urls: Iterable[str], waits: Waits, clock: Clock):
        self._addresses = {url: Address(url) for url in urls}
        self._waits, self._clock = waits, clock
        self._queues: dict[_Queue, deque[asyncio.Future[Address]]] = {}
        self._timer: _Timer | None = None

    def __getitem__(self, url: str) -> Address:
        return self._addresses[url]

    async def take(self, urls: tuple[str, ...], limit: int, deadline: float | None) -> Address:
        """Wait for an address with room, and count a request there; `give` it back after.

        Args:
            urls: addresses to choose from.
            limit: requests that may be in flight at each.
            deadline: the clock's time at which waiting ends; None for no end.

        Raises:
            TimeoutError: none before the deadline, or known to be none by then.
        """
        queue = _Queue(urls, limit)
        if queue not in self._queues and (address := self._choose(queue, self._clock.time())):
            return address
        if deadline is not None and min(self[url].opens() for url in urls) >= deadline:
            raise TimeoutError
        future: asyncio.Future[Address] = asyncio.get_running_loop().create_future()
        self._queues.setdefault(queue, deque()).append(future)
        self._serve()
        end = None if deadline is None else self._clock.call_at(deadline, lambda: _give_up(future))
        try:
            return await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled() and not future.exception():
                self.give(future.result())
            raise
        finally:
            if end:
                end.cancel()

    def give(self, address: Address) -> None:
        """A request there has ended."""
        address.in_flight -= 1
        if self._queues:
            self._serve()

    def _choose(self, queue: _Queue, now: float) -> Address | None:
        with_room = [
            address
            for address in map(self._addresses.__getitem__, queue.urls)
            if address.in_flight < queue.limit and address.opens() <= now
        ]
        if not with_room:
            return None
        address = min(with_room, key=lambda address: address.in_flight)
        address.sent(now, self._waits.ramp / queue.limit)
        return address

    def _serve(self) -> None:
        """Hand addresses to those who wait, and come back when the next one opens."""
        now = self._clock.time()
        for queue, futures in list(self._queues.items()):
            while futures:
                if futures[0].done():
                    futures.popleft()
                elif address := self._choose(queue, now):
                    futures.popleft().set_result(address)
                else:
                    break
            if not futures:
                del self._queues[queue]
        if self._timer:
            self._timer.cancel()
            self._timer = None
        later = [opens for queue in self._queues for url in queue.urls if (opens := self[url].opens()) > now]
        if later:
            self._timer = self._clock.call_at(min(later), self._serve)


def _give_up(future: asyncio.Future[Address]) -> None:
    if not future.done():
        future.set_exception(TimeoutError())
