"""A table of two columns and one row at the end, with the result in its second column: a label with its value."""

from __future__ import annotations

import re

MAX_TABLE = 1_000
CELL = r"[^|\n]{1,200}"
TABLE = re.compile(
    rf"^[ \t]*\|(?P<head>[^|\n]{{0,60}})\|[ \t*]*(?:the[ \t]+)?(?:final[ \t]+)?(?:answer|result|value)[ \t*]*\|[ \t]*\n"
    rf"[ \t]*\|[ \t:-]+\|[ \t:-]+\|[ \t]*\n[ \t]*\|[ \t]*(?P<name>{CELL}?)[ \t]*\|[ \t]*(?P<said>{CELL}?)[ \t]*\|\s*\Z",
    re.MULTILINE | re.IGNORECASE,
)
# What has a value that is no result of the whole.
OF_A_STEP = re.compile(
    r"\b(?:steps?|cases?|checks?|checked|given|input|data|method|trial|guess|estimate|option|part)\b|^\W*$",
    re.IGNORECASE,
)


def with_last_row(text: str) -> str:
    """A text that ends with a table of one row, which says what a value is, with a line "name: value" for the table."""
    end = text[-MAX_TABLE:]
    if not end.rstrip().endswith("|"):
        return text
    match = TABLE.search(end)
    if match is None or OF_A_STEP.search(match["name"]) or OF_A_STEP.search(match["head"].strip() or "Quantity"):
        return text
    return f"{text[: len(text) - len(end) + match.start()]}{match['name'].replace('**', '')}: {match['said']}"
