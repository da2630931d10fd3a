"""What is in a journal's file: its tables and columns, and a checksum for every answer."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import orjson

from cgd_recipes.generation.engines.protocol import Completion, RequestFailed

APPLICATION = 0x43474452
"""Marks the file as a journal of ours (SQLite's application_id)."""
LAYOUT = 2
"""1 had no checksums: it is read as it is, and gets the column when it is written to."""
DAMAGED = "damaged in the journal"
ANSWER = [field.name for field in fields(Completion)]
COLUMNS = ["key", "stage", "row_id", "role", "model", "messages", "sampling", *ANSWER, "fault", "finished"]
FAILED_COLUMNS = ["key", "stage", "row_id", "role", "model", "reason", "detail", "attempts", "finished"]
TABLES = f"""
CREATE TABLE answers ({", ".join(COLUMNS)}, checksum, PRIMARY KEY (key));
CREATE TABLE failures ({", ".join(FAILED_COLUMNS)}, PRIMARY KEY (key));
CREATE TABLE runs (run INTEGER PRIMARY KEY, started, ended, details);
"""
_NUMBERS = {
    "prompt_tokens": "int64",
    "completion_tokens": "int64",
    "cached_tokens": "int64",
    "attempts": "int64",
    "seconds": "double",
}
ENTRY_TYPES = {name: _NUMBERS.get(name, "string") for name in [*COLUMNS, "detail"]}
"""What `Journal.entries` gives, by pyarrow type; messages and sampling are JSON."""
_MAY_LACK = frozenset(["reasoning", "prompt_tokens", "completion_tokens", "cached_tokens"])


def checksum_of(key: str, values: Iterable[object]) -> str:
    """A checksum of an answer and of what it answers."""
    return sha256(orjson.dumps([key, *values])).hexdigest()[:16]


def is_whole(key: str, values: Sequence[object], checksum: str | None) -> bool:
    """Whether an answer is as it was written; where there is no checksum, whether it can be one at all."""
    if checksum is None:
        return all(_can_be(name, value) for name, value in zip(ANSWER, values, strict=True))
    try:
        return checksum_of(key, values) == checksum
    except TypeError:  # a number that is none, as bytes
        return False


def _can_be(name: str, value: object) -> bool:
    """Whether a column of an answer can hold a value."""
    return name in _MAY_LACK if value is None else isinstance(value, _TYPES.get(ENTRY_TYPES[name], str))


_TYPES: dict[str, type | tuple[type, ...]] = {"int64": int, "double": (int, float)}


def failure_of(values: Sequence[Any]) -> RequestFailed:
    """How a request failed, by its reason, detail and attempts; that they are damaged, where they cannot be those."""
    if [type(value) for value in values] != [str, str, int]:
        return RequestFailed(DAMAGED, "how the request failed; run again with --retry-failed")
    return RequestFailed(*values)


def fit(name: str, value: Any) -> Any:
    """A value for an export's column: damage may have made another type of it, and a number that is none is left out."""
    if value is None or isinstance(value, wanted := _TYPES.get(ENTRY_TYPES[name], str)):
        return value
    if wanted is not str:
        return None
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def name_of(value: Any) -> str:
    """A stage, a model or a reason as text."""
    return fit("fault", value) or DAMAGED


def run_details(text: str) -> dict[str, Any]:
    """What is noted of a run.

    Raises:
        ValueError: it is damaged.
    """
    details = orjson.loads(text)
    if not isinstance(details, dict) or "recipe" not in details:
        raise ValueError("what is noted of a run is damaged")
    return details


def what_is_kept(error: Exception) -> str:
    """What a user should know where a journal cannot be used: whether it was damaged, or only cannot be written now."""
    code = getattr(error, "sqlite_errorcode", None)
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or isinstance(error, ValueError):
        return "it was damaged: put a copy back, save what is left by sqlite3's .recover, or name another with generate.journal"
    return "every answer so far is kept"


def now() -> str:
    """The present moment, in UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
