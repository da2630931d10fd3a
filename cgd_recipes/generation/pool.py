"""Requests that wait for a server, and how many of them may be in flight."""

from __future__ import annotations

from heapq import heappop, heappush

from cgd_recipes.generation.engines.protocol import Request


class Pool:
    """Requests of roles that share servers: the next one of a role that has room goes first.

    Args:
        slots: role -> how many of its requests may be in flight.
    """

    def __init__(self, slots: dict[str, int]):
        self.room, self.most = dict(slots), max(slots.values())
        self.busy = 0
        self._ready: dict[str, list[tuple[tuple[int, int], int, Request]]] = {role: [] for role in slots}

    def add(self, priority: tuple[int, int], number: int, request: Request) -> None:
        """Let a request wait; those of a lower priority value go first, and of equal ones the lower number."""
        heappush(self._ready[request.role], (priority, number, request))

    def take(self) -> Request | None:
        """The next request, in flight from now on; None where there is none, or no room."""
        if self.busy >= self.most:
            return None
        waiting = [queue for role, queue in self._ready.items() if queue and self.room[role]]
        if not waiting:
            return None
        request = heappop(min(waiting, key=lambda queue: queue[0][:2]))[-1]
        self.busy += 1
        self.room[request.role] -= 1
        return request

    def give(self, request: Request) -> None:
        """A request is no longer in flight."""
        self.busy -= 1
        self.room[request.role] += 1
