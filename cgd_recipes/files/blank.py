"""Whether anything of a text shows."""

from __future__ import annotations

import re

# Anything that shows: no white space, no control or format character, none of the blank letters.
VISIBLE = re.compile(
    r"[^\s\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800"
    r"\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffc\U00016fe4\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a"
    r"\U000e0000-\U000e0fff]"
)
"""Finds one character that shows."""


def is_blank(text: str) -> bool:
    """Whether nothing of a text shows: it is empty, white space, zero-width characters."""
    return not VISIBLE.search(text)
