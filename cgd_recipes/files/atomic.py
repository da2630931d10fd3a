"""Files that are whole or not there: written aside, forced to disk, renamed into place."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cgd_recipes.errors import user_error

_PREFIX, _SUFFIX = ".cgd-", ".tmp"
_LOCK, _FILES = "lock", "files"
_IN_USE = ".cgd-lock"


@contextmanager
def scratch_beside(path: Path) -> Iterator[Path]:
    """An empty folder beside a path, so that what is written in it can be renamed to that path; removed in the end.

    Its name is its own (`.cgd-*.tmp`). A lock in it is held as long as its process lives, whatever number or machine that
    process has, so that the folders of processes that were killed are told apart, and removed.

    Raises:
        OSError: the path's folder is not there, or cannot be written to.
    """
    remove_leftovers(path.parent)
    folder, lock = _make_scratch(path.parent)
    try:
        yield folder / _FILES
    finally:
        _remove(folder)
        os.close(lock)


def remove_leftovers(folder: Path) -> None:
    """Remove from a folder what processes that were killed have left in it, as far as that is allowed."""
    for leftover in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
        _remove_if_dead(leftover)
    with suppress(OSError), _free_lock(folder / _IN_USE):
        (folder / _IN_USE).unlink()


def _make_scratch(parent: Path) -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(_SUFFIX, _PREFIX, parent))
        # Until it is locked, another process may take the folder for a dead one's.
        with suppress(FileNotFoundError):
            lock = open_lock(folder / _LOCK)
            if lock_file(lock, wait=False) and _is_at(lock, folder / _LOCK):
                (folder / _FILES).mkdir()
                return folder, lock
            os.close(lock)


def _remove_if_dead(folder: Path) -> None:
    with suppress(OSError):
        if folder.is_symlink():
            return
        if not (folder / _LOCK).exists():
            folder.rmdir()
            return
        with _free_lock(folder / _LOCK):
            _remove(folder)


@contextmanager
def _free_lock(path: Path) -> Iterator[None]:
    """Hold a lock that is there.

    Raises:
        OSError: there is none, or another process has it.
    """
    lock = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(lock)


def _remove(folder: Path) -> None:
    """Remove a scratch folder, its lock last: one that is removed in part still says that it is a dead process's."""
    shutil.rmtree(folder / _FILES, ignore_errors=True)
    with suppress(OSError):
        (folder / _LOCK).unlink(missing_ok=True)
        folder.rmdir()


def is_scratch(path: Path) -> bool:
    """Whether a folder's entry is one of those that this module makes, and no file of a user's."""
    return path.name.startswith(_PREFIX)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Where to write a file, which is then forced to disk and takes the place of `path`; at an exception nothing changes.

    Raises:
        OSError: the file's folder is not there, or cannot be written to.
    """
    with scratch_beside(path) as scratch:
        part = scratch / path.name
        yield part
        sync(part)
        os.replace(part, path)
        sync(path.parent)


def write_text(path: Path, text: str, *, executable: bool = False) -> None:
    """Write a text file whole, as UTF-8; lines end as they do in the text.

    Raises:
        RecipeError: the text holds a name that is not UTF-8.
        OSError: the file's folder is not there, or cannot be written to.
    """
    with replacing(path) as part:
        part.write_bytes(encoded(text, path))
        if executable:
            make_executable(part)


def write_new(path: Path, text: str) -> None:
    """Write a text file whole where there is none.

    Raises:
        FileExistsError: something has that name already.
        OSError: the file's folder is not there, or cannot be written to.
    """
    with scratch_beside(path) as scratch:
        part = scratch / path.name
        part.write_bytes(encoded(text, path))
        sync(part)
        try:
            # Unlike a rename, this never takes the place of what is there.
            os.link(part, path, follow_symlinks=False)
        except FileExistsError:
            raise
        except OSError:  # a file system without hard links
            if os.path.lexists(path):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from None
            os.replace(part, path)
        sync(path.parent)


def encoded(text: str, path: Path) -> bytes:
    """The bytes of a text, for the file at a path.

    Raises:
        RecipeError: it holds a name that is not UTF-8.
    """
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        culprit = text[max(error.start - 60, 0) : error.end].rpartition("\n")[2].strip()
        message = f"cannot hold a name that is not UTF-8: {culprit}; rename that file or folder"
        raise user_error(str(path), message) from None


def make_executable(path: Path) -> None:
    """Let everybody run a file who may read it: the umask has said who that is."""
    mode = path.stat().st_mode
    path.chmod(mode | (mode & 0o444) >> 2)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file whole.

    Raises:
        OSError: the file's folder is not there, or cannot be written to.
    """
    with replacing(path) as part:
        part.write_bytes(content)


def sync(path: Path) -> None:
    """Force a file, or the entries of a folder, to disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None
    finally:
        os.close(descriptor)


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Keep other processes out of a folder as long as they ask in this way, too; waits until it is free.

    Raises:
        RecipeError: something that is no lock has the lock's name.
        OSError: the folder is not there, or cannot be written to.
    """
    path = folder / _IN_USE
    while True:
        lock = open_lock(path)
        lock_file(lock, wait=True)
        # The one before removes the lock when it is done.
        if _is_at(lock, path):
            break
        os.close(lock)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(lock)


def open_lock(path: Path) -> int:
    """Open a file to lock, made where there is none.

    Raises:
        RecipeError: something that is no file has the name.
        OSError: its folder is not there, or cannot be written to.
    """
    try:
        # A link or a pipe of that name may come with a folder from elsewhere.
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK, 0o644)
    except FileNotFoundError:
        raise
    except OSError as error:
        if os.path.lexists(path):
            raise user_error(str(path), "is in the way of a lock; remove it") from None
        raise error from None


def lock_file(descriptor: int, *, wait: bool) -> bool:
    """Lock an open file; False where another process has it. A file system without locks has every file free."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), os.lstat(path))
    except FileNotFoundError:
        return False
