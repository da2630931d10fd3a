"""JSON: one object a line, or one array of objects."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from cgd_recipes.data.readers.protocol import Entry
from cgd_recipes.data.rejections import Reason, Rejection
from cgd_recipes.errors import user_error
from cgd_recipes.files.jsonl import numbered_lines, parse_json, whole_number

_CHUNK = 1 << 20
_BOM = b"\xef\xbb\xbf"
_BLANK = re.compile(r"[ \t\r\n]*")
_INEXACT = 2**63
"""orjson reads a larger whole number as a float."""
# Reading an array: what each mark leads to, and what is due where another mark is found.
_STEPS: dict[str, dict[str, str]] = {
    "start": {"[": "first"},
    "first": {"]": "end"},
    "item": {},
    "comma": {",": "item", "]": "end"},
    "end": {},
}
_WANTED = {"start": "'['", "comma": "',' or ']'", "end": "the end of the file"}


def read_json(path: Path, handle: IO[bytes]) -> Iterator[Entry]:
    """An array of objects, or one object a line."""
    for number, entry in enumerate(read_lines(path, handle)):
        if number == 0 and entry.fault and entry.fault.reason is Reason.NOT_JSON:
            message = "a .json file must hold an array of rows, or one object a line"
            raise user_error(f"{path}:{entry.line}", message)
        yield entry


def read_lines(path: Path, handle: IO[bytes]) -> Iterator[Entry]:
    """One object a line; blank lines are passed over. A file that holds an array is read as an array."""
    first: bytes = handle.peek(1 << 12).removeprefix(_BOM).lstrip()[:1]  # type: ignore[attr-defined]
    if first == b"[":
        yield from _array_entries(path, handle)
        return
    for number, line in numbered_lines(handle):
        try:
            yield _checked(number, _parse(line))
        except UnicodeDecodeError:
            yield Entry(number, None, Rejection(Reason.NOT_UTF8))
        except ValueError:
            yield Entry(number, None, Rejection(Reason.NOT_JSON))


def _parse(line: bytes) -> Any:
    """The value of a line, with whole numbers of any size."""
    value = parse_json(line)
    if isinstance(value, dict):
        for content in value.values():
            if type(content) is float and abs(content) >= _INEXACT:
                return json.loads(line, parse_int=whole_number)
    return value


def _checked(number: int, value: Any) -> Entry:
    if isinstance(value, dict):
        return Entry(number, value)
    return Entry(number, None, Rejection(Reason.NOT_AN_OBJECT))


def _array_entries(path: Path, handle: IO[bytes]) -> Iterator[Entry]:
    """Items of a JSON array, without holding the whole array in memory."""
    decoder, decode = json.JSONDecoder(parse_int=whole_number), codecs.getincrementaldecoder("utf-8-sig")()
    text, line, position, state = "", 1, 0, "start"
    while True:
        # As much again as an item that is not whole yet: a long one is then tried a few times and not once a block.
        chunk = handle.read(max(_CHUNK, len(text) - position))
        try:
            text, position = text[position:] + decode.decode(chunk, final=not chunk), 0
        except UnicodeDecodeError:
            raise user_error(f"{path}:{line}", "not UTF-8 text from about here on; save the file as UTF-8") from None
        while True:
            start = position
            position = _BLANK.match(text, start).end()  # type: ignore[union-attr]
            line += text.count("\n", start, position)
            mark = text[position : position + 1]
            if not mark:
                break
            if mark in _STEPS[state]:
                state, position = _STEPS[state][mark], position + 1
                continue
            if state not in ("item", "first"):
                raise user_error(f"{path}:{line}", f"not a JSON array: found '{mark}' where {_WANTED[state]} is due")
            try:
                value, end = decoder.raw_decode(text, position)
            except json.JSONDecodeError as error:
                if chunk:
                    break
                raise user_error(f"{path}:{line}", f"not valid JSON: {error.msg}") from None
            if end == len(text) and chunk and not isinstance(value, dict | list):
                break
            yield _checked(line, value)
            line += text.count("\n", position, end)
            position, state = end, "comma"
        if not chunk:
            if state != "end":
                raise user_error(f"{path}:{line}", "the array has no end; the file may be cut off")
            return
