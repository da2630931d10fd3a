"""What can be wrong with a user's input, and where."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable
from typing import NamedTuple

# Control characters, those that turn the direction of text, those that are not seen, line ends that only some programs
# know, and surrogates, which stand for bytes that are not UTF-8 and cannot be printed. Neither tab nor line feed, nor U+FE0F,
# which is in most emoji.
_HIDDEN = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u2800\u3164\ud800-\udfff\ufe00-\ufe0e\ufeff\uffa0\ufff9-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)


def visible(text: str) -> str:
    """Text in which characters that would not be seen, or would steer a terminal, are written as `⟨U+200B⟩`."""
    return _HIDDEN.sub(lambda match: f"⟨U+{ord(match.group()):04X}⟩", text)


def printable(text: str) -> str:
    """Text of others as part of a message: visible, and its later lines indented, so that none looks like one of ours."""
    return visible(text).replace("\n", "\n    ")


def one_line(text: str) -> str:
    """Text of others as part of a comment: visible, and without an end of a line, behind which would be no comment."""
    return visible(text).replace("\n", "⟨U+000A⟩")


def json_escaped(text: str) -> str:
    """JSON text in which characters that would steer a terminal are escaped, as JSON escapes them."""
    # json.dumps gives characters past U+FFFF the two escapes that JSON wants.
    return _HIDDEN.sub(lambda match: json.dumps(match.group())[1:-1], text)


KeyPath = tuple[str | int, ...]
"""Where a value is in nested mappings and lists."""


class Where(NamedTuple):
    """A place in a user's input: a file with 1-based line and column, or a command-line option."""

    source: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        if self.line is None:
            return self.source
        return f"{self.source}:{self.line}:{self.column}"


class Problem(NamedTuple):
    """One mistake: where it is, and what to do about it."""

    where: Where
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"

    def as_json(self) -> dict[str, str | int | None]:
        """For machines."""
        return {**self.where._asdict(), "message": self.message}


class Finding(NamedTuple):
    """One mistake in a configuration, by key path, before it is known where the user wrote that key.

    Attributes:
        path: the key that is wrong.
        message: what is wrong, and what to do.
        related: top-level keys that take part in it, nearest first: the user may have written one of these instead.
    """

    path: tuple[str | int, ...]
    message: str
    related: tuple[str, ...] = ()


class RecipeError(Exception):
    """Mistakes of the user's, all of them at once.

    Args:
        problems: every mistake found; they are kept by file, and in a file from its top to its bottom.
    """

    def __init__(self, problems: Iterable[Problem]):
        found = list(dict.fromkeys(problems))
        files = {source: number for number, source in enumerate(dict.fromkeys(item.where.source for item in found))}
        self.problems = sorted(
            found, key=lambda item: (files[item.where.source], item.where.line or 0, item.where.column or 0)
        )
        super().__init__("\n".join(str(problem) for problem in self.problems))


def user_error(source: str, message: str) -> RecipeError:
    """A RecipeError of a single problem which has no line of its own."""
    return RecipeError([Problem(Where(source), message)])


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """`; did you mean 'x'?` for the nearest of the choices, or an empty string."""
    nearest = difflib.get_close_matches(str(word), list(choices), n=1, cutoff=0.6)
    return f"; did you mean '{nearest[0]}'?" if nearest else ""


def dotted(path: Iterable[str | int]) -> str:
    """`datasets[0].path` for ("datasets", 0, "path")."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
