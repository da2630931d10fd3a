"""A clock that stands until it is moved, for tests of what waits."""

import asyncio
from heapq import heappop, heappush
from itertools import count


class Timer:
    """Something that is called at a time, unless it is taken back."""

    def __init__(self, callback):
        self.callback = callback

    def cancel(self):
        self.callback = None


class FakeClock:
    """See generation.engines.addresses.Clock."""

    def __init__(self):
        self.now, self._timers, self._number = 1_000.0, [], count()

    def time(self):
        return self.now

    def call_at(self, when, callback):
        timer = Timer(callback)
        heappush(self._timers, (when, next(self._number), timer))
        return timer

    async def sleep(self, seconds):
        await self.move(self.now + seconds)

    async def move(self, until):
        """Let time pass, and what waits for it happen, each at its own time."""
        await _settle()
        while self._timers and self._timers[0][0] <= until:
            when, _, timer = heappop(self._timers)
            if timer.callback:
                self.now = max(self.now, when)
                timer.callback()
                await _settle()
        self.now = max(self.now, until)


async def _settle():
    """Let every task come to where it waits."""
    for _ in range(10):
        await asyncio.sleep(0)
