"""Files that must be files: a pipe of their name would be waited for, and a device read, without end."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import IO


def open_regular(path: Path) -> IO[bytes]:
    """Open a file for bytes.

    Raises:
        OSError: it is not there, cannot be read, or is a folder, a pipe, a socket or a device.
    """
    return open(path, "rb", opener=_open)


def read_bytes(path: Path) -> bytes:
    """What a file holds.

    Raises:
        OSError: see `open_regular`.
    """
    with open_regular(path) as handle:
        return handle.read()


def read_text(path: Path, errors: str = "strict") -> str:
    """What a file holds, as UTF-8; every end of a line becomes a line feed.

    Raises:
        OSError: see `open_regular`.
        UnicodeDecodeError: it is not UTF-8.
    """
    with open(path, encoding="utf-8", errors=errors, opener=_open) as handle:
        return handle.read()


def open_own(path: Path, mode: str) -> IO[bytes]:
    """Open a file of ours to write to it, but not through a link, which may come with a folder from elsewhere.

    Args:
        path: the file; made where there is none.
        mode: as `open` takes it, for bytes.

    Raises:
        OSError: it is a link or no regular file, or cannot be written to.
    """
    return open(path, mode, opener=_open_own)


def _open_own(path: str, flags: int) -> int:
    if os.path.islink(path):
        raise OSError(errno.ELOOP, "is a link, and would be written through; remove it", path)
    return _open(path, flags | os.O_NOFOLLOW)


def _open(path: str, flags: int) -> int:
    # Opening a pipe waits for somebody who writes.
    descriptor = os.open(path, flags | os.O_NONBLOCK, 0o666)
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISREG(mode):
        return descriptor
    os.close(descriptor)
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    raise OSError(errno.EINVAL, "is no regular file", path)
