"""What commands share on the console: everything they print goes through here, where text of others is made harmless."""

from __future__ import annotations

import codecs
import io
import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from cgd_recipes.errors import Problem, json_escaped, printable
from cgd_recipes.files.progress import Progress

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

_WIDTH = 200
"""Columns of a table that goes to a file or a pipe."""


def prepare_streams() -> None:
    """Let everything be printed wherever it goes, also where that knows few characters, or is closed."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            # The next file that is opened would get this number, and what programs print would go into it.
            os.open(os.devnull, os.O_RDWR)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def say(*lines: object, bold: bool = False, to_stderr: bool = False) -> None:
    """Print lines; see `printable`."""
    text = "\n".join(printable(str(line)) for line in lines)
    click.echo(click.style(text, bold=True) if bold else text, err=to_stderr)


def warn(warnings: Iterable[str]) -> None:
    """Print warnings, each as a line of its own."""
    for warning in warnings:
        say(f"warning: {warning}", to_stderr=True)


def unseen_student(unseen: str) -> list[str]:
    """The line that says what of a student could not be looked at; none where everything was."""
    return [f"student   {unseen}; launch.sh looks where the training starts"] if unseen else []


def say_usage(error: click.ClickException) -> None:
    """Print how a command is used, and what is wrong with the one that was typed."""
    told = io.StringIO()
    error.show(told)
    usage, mark, wrong = told.getvalue().removesuffix("\n").partition("Error: ")
    # The usage is ours; what is wrong may hold what was typed.
    click.echo(usage + printable(mark + wrong), err=True)


def print_json(value: Any) -> None:
    """Print for machines."""
    encoding = codecs.lookup(getattr(sys.stdout, "encoding", None) or "utf-8").name
    click.echo(json_escaped(json.dumps(value, indent=2, ensure_ascii=encoding != "utf-8")))


def problems_json(problems: Iterable[Problem]) -> list[dict[str, str | int | None]]:
    """Problems for machines."""
    return [problem.as_json() for problem in problems]


def duration(seconds: float) -> str:
    """`1:02:03`: hours, minutes and seconds."""
    hours, rest = divmod(round(seconds), 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}"


def table_console() -> Console:
    """Where tables are printed: as wide as the terminal, or wide enough for all columns."""
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else _WIDTH)


def cells(*values: object) -> list[Text]:
    """The cells of a table's row. Rich would read text as markup: `[bold]` would vanish, `[/INST]` be an error."""
    from rich.text import Text

    return [Text(printable(str(value))) for value in values]


@contextmanager
def progress() -> Iterator[Progress]:
    """A line on a terminal that says what is done, and how many rows of it are."""
    if not sys.stderr.isatty():
        yield lambda stage, rows: None
        return
    from rich.console import Console
    from rich.status import Status

    with Status("reading", console=Console(stderr=True)) as status:
        yield lambda stage, rows: status.update(f"{stage}: {rows:,} rows")
