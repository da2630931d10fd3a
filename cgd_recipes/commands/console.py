"""What commands share on the console: progress, and output for machines."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click


@contextmanager
def progress() -> Iterator[Callable[[str, int], None]]:
    """A line on a terminal that says what is done, and how many rows of it are."""
    if not sys.stderr.isatty():
        yield lambda stage, rows: None
        return
    from rich.console import Console
    from rich.status import Status

    with Status("reading", console=Console(stderr=True)) as status:
        yield lambda stage, rows: status.update(f"{stage}: {rows:,} rows")


def print_json(value: Any) -> None:
    """Print for machines."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))
