"""Programs that this one starts and that are not to outlive it."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import IO

_SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)


def end_with_parent() -> None:
    """Ask the kernel for SIGTERM when the process that started this one dies, however it dies; on Linux alone.

    For `preexec_fn` of subprocess.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_DEATH_SIGNAL, signal.SIGTERM)


def start_child(command: Sequence[str], log: IO[bytes], pass_fds: Sequence[int] = ()) -> subprocess.Popen[bytes]:
    """Start a program with a session of its own and without input; it ends with this process.

    Args:
        command: program and arguments.
        log: open file for all that it prints.
        pass_fds: open files to hand on.

    Raises:
        OSError: it cannot be started.
    """
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        pass_fds=pass_fds,
        start_new_session=True,
        preexec_fn=end_with_parent,
    )


def end_group(process: subprocess.Popen[bytes], seconds: float) -> None:
    """End a process that leads a session of its own, and all that it started.

    Args:
        process: the process.
        seconds: that it has to end by itself after SIGTERM.
    """
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
