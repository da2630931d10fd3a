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
    for names in json.loads(Path(__file__).with_name("units.json").read_text(encoding="utf-8")).values()
    for name in names
)

# Words by their letters: "" ends one.
Letters = dict[str, "Letters"]


def any_of(words: Iterable[str]) -> str:
    """A pattern for any of several words or phrases, the longest first, with any blanks between words."""
    first: Letters = {}
    for word in set(words):
        node = first
        for char in word:
            node = node.setdefault(char, {})
        node[""] = {}
    return f"(?:{_any_of(first)})"


def _any_of(node: Letters) -> str:
    """A pattern for the rests of words by their next letter, so that few are tried at a place of a text; the longest first."""
    rests = [(r"\s+" if char == " " else re.escape(char)) + _any_of(node[char]) for char in sorted(node) if char]
    ends = "" in node
    if len(rests) == 1 and not ends:
        return rests[0]
    return f"(?:{'|'.join(rests)}){'?' * ends}" if rests else ""


def listed(*names: str) -> str:
    """A pattern for the words of several lists."""
    return any_of(word for name in names for word in WORDS[name])


WHO = re.compile(rf"\bwho(?:se|m)?\b|\b(?:which|what)\s+(?:[a-z]+\s+){{0,2}}{listed('persons')}\b", re.IGNORECASE)
