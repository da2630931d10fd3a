r"""JSON Lines in and out: lines end at `\n` and nowhere else, and any text that a model may write survives.

`str.splitlines` also cuts at U+2028, U+0085 and others, which JSON allows inside a string. A lone surrogate is no UTF-8,
so it is written as its escape.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import orjson

from cgd_recipes.errors import Problem, RecipeError, Where
from cgd_recipes.files.regular import open_regular

_MOST_DIGITS = 4_000
_BOM = b"\xef\xbb\xbf"
_OTHER_FORMS = {
    b"\xff\xfe": "is UTF-16 or UTF-32 text; save it as UTF-8",
    b"\xfe\xff": "is UTF-16 text; save it as UTF-8",
    b"\x1f\x8b": "is compressed with gzip; give it a name that ends in .gz",
    b"\x28\xb5\x2f\xfd": "is compressed with zstd; give it a name that ends in .zst",
    b"PAR1": "is a Parquet file; give it a name that ends in .parquet",
    b"ARROW1": "is an Arrow file; give it a name that ends in .arrow",
    b"PK\x03\x04": "is a zip archive; unpack it",
}
"""First bytes of a file -> what to say of it where JSON is due."""
# What other programs take for the end of a line. JSON escapes the control characters among these by itself.
_LINE_ENDS = {"\u2028": b"\\u2028", "\u2029": b"\\u2029", "\x85": b"\\u0085"}


def numbered_lines(handle: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """The lines of a file opened for bytes, with their numbers from 1; blank lines and byte order marks are left out.

    A mark may begin any line, where files were put together. A carriage return ends a line, too: no JSON text holds one.
    """
    number = 0
    for ended in handle:
        for line in ended.splitlines() if b"\r" in ended else [ended]:
            number += 1
            text = line.removeprefix(_BOM).rstrip(b"\n")
            if text.strip():
                yield number, text


def other_form(head: bytes) -> str:
    """What a file is whose first bytes are no text in UTF-8, and what to do; empty where they may be."""
    known = next((fault for begin, fault in _OTHER_FORMS.items() if head.startswith(begin)), "")
    # UTF-16 and UTF-32 without a mark have a zero in each of the first characters.
    return known or ("holds zero bytes and is no UTF-8 text; write it anew as UTF-8" if b"\0" in head[:4] else "")


def parse_json(text: bytes) -> Any:
    """A JSON value, also one with lone surrogates, NaN or very long whole numbers.

    Raises:
        ValueError: it is not JSON, not UTF-8, or nested too deep.
    """
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        try:
            return json.loads(text.decode("utf-8", "surrogatepass"), parse_int=whole_number)
        except RecursionError:
            raise ValueError("nested too deep") from None


def whole_number(digits: str) -> int | str:
    """A whole number of JSON; one that is longer than Python reads stays text."""
    return int(digits) if len(digits) <= _MOST_DIGITS else digits


def parse_line(source: str, number: int, line: bytes) -> Any:
    """The value on a line of a file.

    Args:
        source: the file, for messages.
        number: of the line, from 1.
        line: its bytes.

    Raises:
        RecipeError: it is not JSON; the place is in the error.
    """
    try:
        return parse_json(line)
    except UnicodeDecodeError as error:
        message = f"not UTF-8 (byte 0x{line[error.start]:02x}): save the file as UTF-8"
        raise RecipeError([Problem(Where(source, number, error.start + 1), message)]) from None
    except json.JSONDecodeError as error:
        raise RecipeError([Problem(Where(source, number, error.pos + 1), f"not JSON: {error.msg}")]) from None
    except ValueError as error:
        raise RecipeError([Problem(Where(source, number, 1), f"not JSON: {error}")]) from None


def read_jsonl(path: Path) -> Iterator[tuple[int, Any]]:
    """The values of a file, with the numbers of their lines.

    Raises:
        OSError: it cannot be read.
        RecipeError: a line that is not JSON.
    """
    with open_regular(path) as handle:
        for number, line in numbered_lines(handle):
            yield number, parse_line(str(path), number, line)


def json_bytes(value: Any, indent: int | None = None, default: Callable[[Any], Any] | None = None) -> bytes:
    r"""A value as JSON in UTF-8; a lone surrogate is written as `\ud800`, which JSON reads back.

    Args:
        value: any JSON value.
        indent: blanks a level; all on one line unless given.
        default: turns what JSON does not know into what it does.
    """
    # Python's escape of a surrogate is JSON's, and one can only stand inside a string.
    text = json.dumps(value, ensure_ascii=False, indent=indent, default=default)
    return text.encode("utf-8", "backslashreplace")


def json_line(value: Any, default: Callable[[Any], Any] | None = None) -> bytes:
    r"""A value as one line of JSON Lines, which no program can cut in the middle.

    Args:
        value: any JSON value.
        default: see `json_bytes`.
    """
    line = json_bytes(value, default=default)
    for end, escape in _LINE_ENDS.items():
        line = line.replace(end.encode(), escape)
    return line + b"\n"
