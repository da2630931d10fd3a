"""One process writes a journal at a time; the next is told who does. What lies beside it is not lost."""

from __future__ import annotations

import fcntl
import os
import re
from pathlib import Path
from typing import IO

from cgd_recipes.errors import user_error
from cgd_recipes.files.ownership import check_marked

_LOCK_MARK = re.compile(rb"\A(process \d+ on [^\n]*)?\Z")
_LOGS = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a file, and removes where the file is new."""


def check_logs(path: Path) -> None:
    """See that a journal that is not there has no log: SQLite would remove it, and answers may be in it alone.

    Raises:
        RecipeError: there is one.
    """
    for log in [] if path.exists() else [path.with_name(path.name + end) for end in _LOGS]:
        if os.path.lexists(log):
            message = f"is here without {path.name}, and would be removed; put that file back, or move this one away"
            raise user_error(str(log), message)


def take_lock(path: Path) -> IO[str]:
    """Hold a lock beside the journal; the file says who holds it."""
    place = path.with_name(path.name + ".lock")
    check_marked(place, _LOCK_MARK, "name another file with generate.journal, or move it")
    lock = open(place, "a+", encoding="utf-8")  # noqa: SIM115 - held as long as the journal
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        holder = lock.read().strip() or "another process"
        lock.close()
        message = f"is in use by {holder}; wait for it, or name another file with generate.journal"
        raise user_error(str(path), message) from None
    lock.truncate(0)
    lock.write(f"process {os.getpid()} on {os.uname().nodename}")
    lock.flush()
    return lock
