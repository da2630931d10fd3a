"""Text inside values of any shape."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

ZERO_WIDTH_SPACE = "\u200b"


def texts_in(value: Any) -> Iterator[str]:
    """Every text in a value, in lists and mappings too, their keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, below in value.items():
            yield from texts_in(key)
            yield from texts_in(below)
    elif isinstance(value, list | tuple):
        for below in value:
            yield from texts_in(below)


def with_texts(value: Any, change: Callable[[str], str]) -> Any:
    """A value with every text in it changed; the value itself where nothing changes."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {with_texts(key, change): with_texts(below, change) for key, below in value.items()}
    if isinstance(value, list | tuple):
        return [with_texts(below, change) for below in value]
    return value


def neutralise(text: str, pattern: re.Pattern[str]) -> str:
    """A text in which every match has a zero-width space after its first character, so that it is no control token."""
    return pattern.sub(lambda match: match.group()[0] + ZERO_WIDTH_SPACE + match.group()[1:], text)
