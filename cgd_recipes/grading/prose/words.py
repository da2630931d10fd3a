"""The words of prose by what they do in a sentence: see words.json."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

WORDS = json.loads(Path(__file__).with_name("words.json").read_text(encoding="utf-8"))
AMOUNTS: dict[str, str] = WORDS["amounts"]
FUNCTIONS, NO_SYMBOLS, SHORT_WORDS = (frozenset(WORDS[name]) for name in ("functions", "no_symbols", "short_words"))
UNITS = frozenset(
    name
    for names in json.loads(Path(__file__).parents[1].joinpath("units.json").read_text(encoding="utf-8")).values()
    for name in names
)


def any_of(words: Iterable[str]) -> str:
    """A pattern for any of several words or phrases, the longest first, with any blanks between words."""
    phrases = sorted(set(words), key=lambda each: (-len(each), each))
    return "(?:" + "|".join(re.escape(each).replace(r"\ ", r"\s+") for each in phrases) + ")"


def listed(*names: str) -> str:
    """A pattern for the words of several lists."""
    return any_of(word for name in names for word in WORDS[name])
