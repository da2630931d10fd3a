"""The journal: every finished answer, durable, found again by what produced it."""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from operator import attrgetter
from pathlib import Path
from types import TracebackType
from typing import IO, Any, NamedTuple

import orjson

from cgd_recipes.errors import user_error
from cgd_recipes.files.paths import real_path
from cgd_recipes.generation.engines.protocol import Completion, Request, RequestFailed
from cgd_recipes.generation.journal_layout import (
    ANSWER,
    APPLICATION,
    COLUMNS,
    DAMAGED,
    ENTRY_TYPES,
    FAILED_COLUMNS,
    LAYOUT,
    TABLES,
    checksum_of,
    failure_of,
    fit,
    is_whole,
    name_of,
    now,
    run_details,
    what_is_kept,
)
from cgd_recipes.generation.journal_lock import check_logs, take_lock

_PUT = f"INSERT OR REPLACE INTO answers VALUES ({', '.join('?' * len(COLUMNS))}, ?)"  # noqa: S608 - our own column names
_values = attrgetter(*ANSWER)


class StageStatus(NamedTuple):
    """What a journal holds of one stage and model.

    Attributes:
        answers: finished answers.
        faults: reason -> answers and requests that cannot be used.
        prompt_tokens, completion_tokens, cached_tokens: sums, as far as they were reported.
        seconds: sum over all answers, many of which ran at once.
    """

    stage: str
    model: str
    answers: int
    faults: dict[str, int]
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int
    seconds: float


class Journal:
    """A SQLite file with every answer that an engine gave.

    An answer is committed before `put` returns, so a killed process loses only what was in flight. The operating system
    has it then; `sync` forces it to disk, so a power cut loses what came after the last call of it and never damages
    the file.

    Args:
        path: the file; created, with its folder, where it is not there.
        read_only: only look, also while another process writes.

    Raises:
        RecipeError: another process writes it, it is no journal, or it cannot be read or written.
    """

    def __init__(self, path: Path, *, read_only: bool = False):
        self.path = path
        # SQLite follows a link, so its log and our lock are beside the file that it leads to.
        self._file = real_path(path) if path.is_symlink() else path
        self._lock: IO[str] | None = None
        self._log: int | None = None
        self._read_only = read_only
        self._again: set[str] = set()
        self._marked: set[str] = set()
        self._before: dict[str, int] = {}
        self._checksum = "checksum"
        if read_only and not path.is_file():
            raise user_error(str(path), "no such journal; `cgd-recipe generate` writes one")
        with self._guard():
            if not read_only:
                path.parent.mkdir(parents=True, exist_ok=True)
                check_logs(self._file)
                self._lock = take_lock(self._file)
            mode = "ro" if read_only else "rwc"
            uri = f"{self._file.absolute().as_uri()}?mode={mode}"
            # Engines may ask for requests in a thread of theirs; there is one at a time.
            self._db = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
            # A flipped bit may make text that is none; its checksum then tells.
            self._db.text_factory = lambda raw: raw.decode(errors="replace")
        try:
            with self._guard():
                self._prepare(read_only)
        except BaseException:
            self.close()
            raise

    def _prepare(self, read_only: bool) -> None:
        application = self._db.execute("PRAGMA application_id").fetchone()[0]
        layout = self._db.execute("PRAGMA user_version").fetchone()[0]
        empty = not self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if not empty and application != APPLICATION:
            raise user_error(str(self.path), "is no journal of cgd-recipes; name another file with generate.journal")
        if not empty and layout not in (1, LAYOUT):
            newer = "a later version wrote it: update cgd-recipes, or " if layout > LAYOUT else ""
            what = f"has layout {layout}, not {LAYOUT}; {newer}name another file with generate.journal"
            raise user_error(str(self.path), what)
        if read_only and empty:
            raise user_error(str(self.path), "holds nothing yet; `cgd-recipe generate` writes to it")
        if read_only:
            self._checksum = "checksum" if layout == LAYOUT else "NULL"
            return
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        if empty:
            head = f"BEGIN; PRAGMA application_id={APPLICATION}; PRAGMA user_version={LAYOUT};"
            self._db.executescript(f"{head}{TABLES}COMMIT;")
        elif layout == 1:
            self._db.executescript(
                f"BEGIN; ALTER TABLE answers ADD COLUMN checksum; PRAGMA user_version={LAYOUT}; COMMIT;"
            )
        self._before = {
            table: self._db.execute(f"SELECT coalesce(max(rowid), 0) FROM {table}").fetchone()[0]  # noqa: S608
            for table in ("answers", "failures")
        }

    @contextmanager
    def _guard(self) -> Iterator[None]:
        """Turn what SQLite and the file system say into one message; what was committed stays."""
        try:
            yield
        except (sqlite3.Error, ValueError) as error:  # ValueError: JSON that is none any more
            raise user_error(str(self.path), f"the journal cannot be used: {error}; {what_is_kept(error)}") from error
        except OSError as error:
            raise user_error(str(self.path), f"the journal cannot be written: {error.strerror}") from error

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let the file and its lock go."""
        self._db.close()
        if self._log is not None:
            os.close(self._log)
        if self._lock:
            self._lock.close()

    def sync(self) -> None:
        """Force all answers to disk; may run in a thread beside `put`."""
        with self._guard():
            if self._log is None:
                # The file stays the same one as long as a connection is open.
                self._log = os.open(f"{self._file}-wal", os.O_RDWR)
            os.fsync(self._log)

    def get(self, key: str) -> Completion | RequestFailed | None:
        """The answer of a request, or how it failed; None where it was never finished, or is to be asked again.

        An answer that is not as it was written counts as a failure.
        """
        if key in self._again:
            return None
        with self._guard():
            found = self._db.execute(
                f"SELECT {', '.join(ANSWER)}, fault, {self._checksum} FROM answers WHERE key = ?",  # noqa: S608
                (key,),
            ).fetchone()
            if found:
                *values, fault, checksum = found
                if fault is not None:
                    self._marked.add(key)
                if not is_whole(key, values, checksum):
                    return RequestFailed(DAMAGED, "its checksum is another; run again with --retry-failed")
                return Completion(*values)
            failed = self._db.execute("SELECT reason, detail, attempts FROM failures WHERE key = ?", (key,)).fetchone()
        return failure_of(failed) if failed else None

    def is_of_earlier_run(self, key: str) -> bool:
        """Whether what there is of a request was there when the journal was opened."""
        with self._guard():
            for table, before in self._before.items():
                found = self._db.execute(f"SELECT rowid FROM {table} WHERE key = ?", (key,)).fetchone()  # noqa: S608
                if found:
                    return bool(found[0] <= before)
        return False

    def ask_again(self, keys: Iterable[str]) -> None:
        """Let these requests be asked once more in this run; what they brought stays until something new takes its place."""
        self._again.update(keys)

    def put(self, request: Request, completion: Completion) -> None:
        """Keep an answer; it is committed when this returns."""
        turns = orjson.dumps([turn._asdict() for turn in request.messages]).decode()
        sampling = orjson.dumps(request.sampling._asdict()).decode()
        answer = _values(completion)
        values = (*_head(request), turns, sampling, *answer, None, now(), checksum_of(request.key, answer))
        self._again.discard(request.key)
        with self._guard():
            self._db.execute("BEGIN")
            self._db.execute(_PUT, values)
            self._db.execute("DELETE FROM failures WHERE key = ?", (request.key,))
            self._db.execute("COMMIT")

    def mark(self, key: str, fault: str) -> None:
        """Note why an answer cannot be used."""
        with self._guard():
            self._db.execute("UPDATE answers SET fault = ? WHERE key = ? AND fault IS NOT ?", (fault, key, fault))

    def accept(self, key: str) -> None:
        """Take back what `mark` noted of an answer that can be used after all, with other settings than then."""
        if key in self._marked and not self._read_only:
            self._marked.discard(key)
            with self._guard():
                self._db.execute("UPDATE answers SET fault = NULL WHERE key = ?", (key,))

    def fail(self, request: Request, failure: RequestFailed) -> None:
        """Keep how a request failed, so that it is not asked again unless that is wanted."""
        values = (*_head(request), failure.reason, failure.detail, failure.attempts, now())
        self._again.discard(request.key)
        with self._guard():
            self._db.execute(f"INSERT OR REPLACE INTO failures VALUES ({', '.join('?' * len(values))})", values)  # noqa: S608

    def begin_run(self, details: dict[str, Any]) -> int:
        """Note that a recipe is run, with its settings and versions. Returns the run's number."""
        with self._guard():
            made = self._db.execute(
                "INSERT INTO runs (started, details) VALUES (?, ?)", (now(), orjson.dumps(details).decode())
            )
        return int(made.lastrowid or 0)

    def end_run(self, run: int) -> None:
        """Note that a run came to its end."""
        with self._guard():
            self._db.execute("UPDATE runs SET ended = ? WHERE run = ?", (now(), run))

    def runs(self) -> list[dict[str, Any]]:
        """All runs: number, started, ended (None where it did not come to its end), details."""
        with self._guard():
            found = self._db.execute("SELECT run, started, ended, details FROM runs ORDER BY run").fetchall()
            return [
                {"run": run, "started": started, "ended": ended, "details": run_details(details)}
                for run, started, ended, details in found
            ]

    def status(self) -> list[StageStatus]:
        """What the journal holds, by stage and model, in the order in which they were first answered."""
        sums = ", ".join(
            f"coalesce(sum({name}), 0)" for name in ("prompt_tokens", "completion_tokens", "cached_tokens")
        )
        with self._guard():
            counted = self._db.execute(
                f"SELECT stage, model, sum(fault IS NULL), {sums}, coalesce(sum(seconds), 0) FROM answers "  # noqa: S608
                "GROUP BY stage, model ORDER BY min(finished)"
            ).fetchall()
            faults = self._db.execute(
                "SELECT stage, model, reason, count(*) FROM (SELECT stage, model, fault AS reason FROM answers "
                "WHERE fault IS NOT NULL UNION ALL SELECT stage, model, reason FROM failures) GROUP BY stage, model, reason"
            ).fetchall()
        listed = {(name_of(stage), name_of(model)): (done, *tokens) for stage, model, done, *tokens in counted}
        reasons: dict[tuple[str, str], Counter[str]] = {}
        for *names, count in faults:
            stage, model, reason = map(name_of, names)
            reasons.setdefault((stage, model), Counter())[reason] += count
        for where in reasons:
            listed.setdefault(where, (0, 0, 0, 0, 0.0))
        return [
            StageStatus(*where, done, dict(reasons.get(where, {})), *tokens)
            for where, (done, *tokens) in listed.items()
        ]

    def entries(self) -> Iterator[dict[str, Any]]:
        """Every answer and every failed request, in the order in which they were finished; see ENTRY_TYPES."""
        answers = f"SELECT {', '.join(COLUMNS)}, NULL FROM answers ORDER BY finished, key"  # noqa: S608
        failed = [*FAILED_COLUMNS[:5], *["NULL"] * (len(COLUMNS) - 8), "attempts", "reason", "finished", "detail"]
        failures = f"SELECT {', '.join(failed)} FROM failures ORDER BY finished, key"  # noqa: S608
        with self._guard():
            for query in (answers, failures):
                for values in self._db.execute(query):
                    yield {name: fit(name, value) for name, value in zip(ENTRY_TYPES, values, strict=True)}


def _head(request: Request) -> tuple[str, ...]:
    return request.key, request.stage, request.row_id, request.role, request.model
