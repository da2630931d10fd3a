"""The journal: every finished answer, durable, found again by what produced it."""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, fields
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any, NamedTuple

from cgd_recipes.errors import RecipeError, user_error
from cgd_recipes.generation.engine import Completion, Request, RequestFailed

_APPLICATION = 0x43474452
"""Marks the file as a journal of ours (SQLite's application_id)."""
_SCHEMA = 1
_ANSWER = [field.name for field in fields(Completion)]
_TABLES = f"""
CREATE TABLE answers (key TEXT PRIMARY KEY, stage TEXT, first_row TEXT, role TEXT, model TEXT, messages TEXT, sampling TEXT,
  {", ".join(_ANSWER)}, finished TEXT) WITHOUT ROWID;
CREATE TABLE failures (key TEXT PRIMARY KEY, stage TEXT, first_row TEXT, reason TEXT, detail TEXT, attempts INTEGER, finished TEXT)
  WITHOUT ROWID;
CREATE TABLE runs (run INTEGER PRIMARY KEY, name TEXT, details TEXT, started TEXT);
CREATE TABLE rows (run INTEGER, position INTEGER, row_id TEXT, fields TEXT, PRIMARY KEY (run, position)) WITHOUT ROWID;
CREATE TABLE steps (run INTEGER, position INTEGER, stage TEXT, key TEXT, fields TEXT, reason TEXT,
  PRIMARY KEY (run, position, stage)) WITHOUT ROWID;
"""


class StageStatus(NamedTuple):
    """What one run has got at one stage; tokens are counted once for each row, whoever paid for them."""

    run: int
    name: str
    stage: str
    done: int
    failed: dict[str, int]
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int
    seconds: float


class Journal:
    """A SQLite file with every answer that an engine gave.

    An answer is committed before `put` returns, so a killed process loses only what was in flight. The operating system
    has it then; SQLite's write-ahead log is forced to disk at its checkpoints, so a power cut may lose the last moments
    but never damages the file.

    Args:
        path: the file; created, with its folder, where it is not there.
        read_only: only look, also while another process writes.

    Raises:
        RecipeError: another process writes it, it is no journal, or it cannot be read or written.
    """

    def __init__(self, path: Path, *, read_only: bool = False):
        self.path = path
        self._lock: IO[str] | None = None
        if read_only and not path.is_file():
            raise user_error(str(path), "no such journal; `cgd-recipe generate` writes one")
        with self._guard():
            if not read_only:
                path.parent.mkdir(parents=True, exist_ok=True)
                self._lock = _take_lock(path)
            mode = "ro" if read_only else "rwc"
            self._db = sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None)
        try:
            with self._guard():
                self._prepare(read_only)
        except BaseException:
            self.close()
            raise

    def _prepare(self, read_only: bool) -> None:
        application = self._db.execute("PRAGMA application_id").fetchone()[0]
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        empty = not self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if not empty and (application != _APPLICATION or version != _SCHEMA):
            known = (
                "is no journal of cgd-recipes"
                if application != _APPLICATION
                else f"has layout {version}, not {_SCHEMA}"
            )
            raise user_error(str(self.path), f"{known}; name another file with generate.journal")
        if read_only:
            return
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        if empty:
            statements = [f"PRAGMA application_id={_APPLICATION};", f"PRAGMA user_version={_SCHEMA};", _TABLES]
            self._db.executescript("BEGIN;" + "".join(statements) + "COMMIT;")

    @contextmanager
    def _guard(self) -> Iterator[None]:
        """Turn what SQLite and the file system say into one message; what was committed stays."""
        try:
            yield
        except sqlite3.Error as error:
            raise user_error(
                str(self.path), f"the journal cannot be used: {error}; all answers so far are kept"
            ) from error
        except OSError as error:
            raise user_error(str(self.path), f"the journal cannot be written: {error.strerror}") from error

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.flush()
        except RecipeError:
            if kind is None:
                raise
        finally:
            self.close()

    def close(self) -> None:
        """Let the file and its lock go."""
        self._db.close()
        if self._lock:
            self._lock.close()

    def get(self, key: str) -> Completion | RequestFailed | None:
        """The answer of a request, or how it failed; None where it was never finished."""
        with self._guard():
            found = self._db.execute(f"SELECT {', '.join(_ANSWER)} FROM answers WHERE key = ?", (key,)).fetchone()
            if found:
                return Completion(*found)
            failed = self._db.execute("SELECT reason, detail, attempts FROM failures WHERE key = ?", (key,)).fetchone()
        return RequestFailed(*failed) if failed else None

    def put(self, request: Request, completion: Completion) -> None:
        """Keep an answer; it is durable when this returns."""
        sampling = json.dumps(request.sampling._asdict())
        messages = json.dumps([message._asdict() for message in request.messages], ensure_ascii=False)
        values = [
            *_first_use(request),
            request.role,
            request.model,
            messages,
            sampling,
            *asdict(completion).values(),
            _now(),
        ]
        with self._guard():
            marks = ", ".join("?" * len(values))
            self._write(f"INSERT OR REPLACE INTO answers VALUES ({marks})", values)
            self._write("DELETE FROM failures WHERE key = ?", [request.key])
            self._commit()

    def fail(self, request: Request, failure: RequestFailed) -> None:
        """Keep how a request failed, so that it is not asked again unless that is wanted."""
        values = [*_first_use(request), failure.reason, failure.detail, failure.attempts, _now()]
        with self._guard():
            self._write("INSERT OR REPLACE INTO failures VALUES (?, ?, ?, ?, ?, ?, ?)", values)
            self._commit()

    def clear_failures(self) -> int:
        """Forget all failed requests, so that they are asked again; answers stay. Returns how many there were."""
        with self._guard():
            count = self._db.execute("DELETE FROM failures").rowcount
        return int(count)

    def begin_run(self, name: str, details: dict[str, Any]) -> int:
        """Note that a recipe is run: its name, versions and settings. Returns the run's number."""
        with self._guard():
            self._write(
                "INSERT INTO runs (name, details, started) VALUES (?, ?, ?)", [name, json.dumps(details), _now()]
            )
            run = int(self._db.execute("SELECT last_insert_rowid()").fetchone()[0])
            # What earlier runs of this name made of their rows can be made again; their answers stay.
            for table in ("rows", "steps"):
                self._write(
                    f"DELETE FROM {table} WHERE run IN (SELECT run FROM runs WHERE name = ? AND run < ?)", [name, run]
                )
            self._commit()
        return run

    def save_row(self, run: int, position: int, row_id: str, fields: dict[str, Any]) -> None:
        """Keep a row of a run; written at the next answer, or by `flush`."""
        text = json.dumps(fields, ensure_ascii=False)
        with self._guard():
            self._write("INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?)", [run, position, row_id, text])

    def link(
        self, run: int, position: int, stage: str, key: str, fields: dict[str, Any] | None, reason: str | None
    ) -> None:
        """Keep what a row got at a stage, or why it was set aside; written at the next answer, or by `flush`."""
        text = None if fields is None else json.dumps(fields, ensure_ascii=False)
        with self._guard():
            self._write(
                "INSERT OR REPLACE INTO steps VALUES (?, ?, ?, ?, ?, ?)", [run, position, stage, key, text, reason]
            )

    def _write(self, statement: str, values: list[Any]) -> None:
        if not self._db.in_transaction:
            self._db.execute("BEGIN")
        self._db.execute(statement, values)

    def _commit(self) -> None:
        if self._db.in_transaction:
            self._db.execute("COMMIT")

    def flush(self) -> None:
        """Commit rows and links."""
        with self._guard():
            self._commit()

    def last_run(self) -> int | None:
        """Number of the latest run."""
        with self._guard():
            found = self._db.execute("SELECT max(run) FROM runs").fetchone()[0]
        return None if found is None else int(found)

    def rows(
        self, run: int
    ) -> Iterator[tuple[str, dict[str, Any], list[tuple[str, dict[str, Any] | None, str | None]]]]:
        """Rows of a run in their order: id, fields, and (stage, fields it gave, why it failed) for each stage it reached."""
        with self._guard():
            steps = iter(
                _grouped(
                    self._db.execute(
                        "SELECT position, stage, fields, reason FROM steps WHERE run = ? ORDER BY position", (run,)
                    )
                )
            )
            step = next(steps, None)
            listed = self._db.execute(
                "SELECT position, row_id, fields FROM rows WHERE run = ? ORDER BY position", (run,)
            )
            for position, row_id, text in listed:
                while step and step[0] < position:
                    step = next(steps, None)
                yield row_id, json.loads(text), step[1] if step and step[0] == position else []

    def calls(self) -> Iterator[dict[str, Any]]:
        """Every answer with what produced it, in the order of the keys."""
        with self._guard():
            cursor = self._db.execute("SELECT * FROM answers ORDER BY key")
            names = [column[0] for column in cursor.description]
            for values in cursor:
                call = dict(zip(names, values, strict=True))
                yield {**call, "messages": json.loads(call["messages"]), "sampling": json.loads(call["sampling"])}

    def status(self) -> list[StageStatus]:
        """What every run has got at every stage."""
        with self._guard():
            counted = self._db.execute(
                "SELECT s.run, r.name, s.stage, sum(s.reason IS NULL), coalesce(sum(a.prompt_tokens), 0), "
                "coalesce(sum(a.completion_tokens), 0), coalesce(sum(a.cached_tokens), 0), coalesce(sum(a.seconds), 0) "
                "FROM steps s JOIN runs r USING (run) LEFT JOIN answers a USING (key) GROUP BY s.run, s.stage ORDER BY s.run"
            ).fetchall()
            reasons = self._db.execute(
                "SELECT run, stage, reason, count(*) FROM steps WHERE reason IS NOT NULL GROUP BY run, stage, reason"
            ).fetchall()
        failed: dict[tuple[int, str], dict[str, int]] = {}
        for run, stage, reason, count in reasons:
            failed.setdefault((run, stage), {})[reason] = count
        return [
            StageStatus(run, name, stage, done, failed.get((run, stage), {}), *sums)
            for run, name, stage, done, *sums in counted
        ]


def _grouped(found: Iterator[Any]) -> Iterator[tuple[int, list[tuple[str, dict[str, Any] | None, str | None]]]]:
    current, group = None, []
    for position, stage, text, reason in found:
        if position != current and current is not None:
            yield current, group
            group = []
        current = position
        group.append((stage, None if text is None else json.loads(text), reason))
    if current is not None:
        yield current, group


def _first_use(request: Request) -> list[str | None]:
    return [request.key, request.labels.get("stage"), request.labels.get("row")]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _take_lock(path: Path) -> IO[str]:
    """Hold a lock beside the journal; the file says who holds it."""
    lock = open(path.with_name(path.name + ".lock"), "a+", encoding="utf-8")  # noqa: SIM115 - held as long as the journal
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        holder = lock.read().strip() or "another process"
        lock.close()
        raise user_error(
            str(path), f"is in use by {holder}; wait for it, or name another file with generate.journal"
        ) from None
    lock.truncate(0)
    lock.write(f"process {os.getpid()} on {os.uname().nodename}")
    lock.flush()
    return lock
