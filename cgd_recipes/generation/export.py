"""A journal as one file: a line or a row for every answer, with all that is known of it."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson

from cgd_recipes.errors import user_error
from cgd_recipes.files.atomic import replacing
from cgd_recipes.files.writer import open_writer
from cgd_recipes.generation.journal import Journal
from cgd_recipes.generation.journal_layout import ENTRY_TYPES


def export_journal(journal: Journal, output: Path) -> int:
    """Write every answer and every failed request, and return how many they are.

    Args:
        journal: open; another process may be writing it.
        output: file to create, .jsonl or .parquet; in parquet, messages and sampling are JSON text.

    Raises:
        RecipeError: the file is there already, or of another kind.
    """
    if output.suffix not in (".jsonl", ".parquet"):
        raise user_error(str(output), "must end in .jsonl or .parquet")
    if os.path.lexists(output):
        raise user_error(str(output), "exists already; name another file with -o")
    count = 0
    with replacing(output) as part, closing(open_writer(part, ENTRY_TYPES)) as writer:
        for entry in journal.entries():
            if output.suffix == ".jsonl":
                entry |= {name: _value(entry[name]) for name in ("messages", "sampling")}
            writer.write(entry)
            count += 1
    return count


def _value(text: str | None) -> Any:
    """What JSON says; a text that a damaged journal made of it stays as it is."""
    try:
        return text and orjson.loads(text)
    except ValueError:
        return text
