"""A limit of time and memory around code that others wrote: templates of methods, stages and students."""

from __future__ import annotations

import ctypes
import os
import threading
import time
from types import TracebackType
from typing import Self

SECONDS = 5.0
"""For all templates of one row; the slowest shipped ones take less than 0.1 ms."""
CHARACTERS = 32_000_000
"""Of all text that is made within the limit, what is thrown away included: about 300 MB at most."""
_POLL = 0.1


class LimitError(Exception):
    """Code of others takes too long, or makes too much."""


class _Timeout(BaseException):
    """Raised in a thread by the one that watches it; no `except Exception` on the way takes it for one of its own."""


class _Made(threading.local):
    characters = 0


_made = _Made()
_deadlines: dict[int, float] = {}
"""Thread -> when its time is over. Whoever takes the entry away decides: the thread is done, or it is stopped."""
_watch: threading.Thread | None = None


def count(characters: int) -> None:
    """Note that so much text is about to be made.

    Raises:
        LimitError: with all that was made before, it is too much.
    """
    reserve(characters)
    _made.characters += characters


def reserve(characters: int) -> None:
    """See that a step which may take the memory of so much text has room for it.

    Raises:
        LimitError: it has none.
    """
    if _made.characters + characters > CHARACTERS:
        raise LimitError(f"it makes more than {CHARACTERS:,} characters")


class Limited:
    """Within this context a thread, whichever it is, has `SECONDS` of time and may make `CHARACTERS` of text.

    Another thread raises an exception in the one that takes too long, at its next step in Python. So no single step may be
    long, which is for `count` and for the functions that the code is given. Entering and leaving take less than 1 µs.

    Raises:
        LimitError: the limit was reached.
    """

    def __enter__(self) -> Self:
        if _watch is None:
            _start_watching()
        _made.characters = 0
        _deadlines[threading.get_ident()] = time.monotonic() + SECONDS
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if _deadlines.pop(threading.get_ident(), None) is not None:
                return
            while not isinstance(error, _Timeout):
                # It is on its way, and must not arrive later.
                time.sleep(0.001)
        except _Timeout:
            pass
        raise LimitError(f"it takes longer than {SECONDS:g} s") from None


def _start_watching() -> None:
    global _watch
    _watch = threading.Thread(target=_stop_late_ones, name="cgd-limits", daemon=True)
    _watch.start()


def _forget_watch() -> None:
    """Threads do not survive a fork."""
    global _watch
    _watch = None
    _deadlines.clear()


os.register_at_fork(after_in_child=_forget_watch)


def _stop_late_ones() -> None:
    while True:
        time.sleep(_POLL)
        now = time.monotonic()
        for thread, deadline in list(_deadlines.items()):
            if now > deadline and _deadlines.pop(thread, None) is not None:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(_Timeout))
