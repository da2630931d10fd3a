"""What is in a journal's file: its tables and columns, and a checksum for every answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from hashlib import sha256

import orjson

from cgd_recipes.generation.engines.protocol import Completion

APPLICATION = 0x43474452
"""Marks the file as a journal of ours (SQLite's application_id)."""
LAYOUT = 2
"""1 had no checksums: it is read as it is, and gets the column when it is written to."""
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


def checksum_of(key: str, values: Iterable[object]) -> str:
    """A checksum of an answer and of what it answers."""
    return sha256(orjson.dumps([key, *values])).hexdigest()[:16]


def is_whole(key: str, values: Sequence[object], checksum: str | None) -> bool:
    """Whether an answer is as it was written; where there is no checksum, whether it can be one at all."""
    if checksum is None:
        answer = dict(zip(ANSWER, values, strict=True))
        return isinstance(answer["text"], str) and isinstance(answer["finish_reason"], str)
    try:
        return checksum_of(key, values) == checksum
    except TypeError:  # a number that is none, as bytes
        return False
