"""Last lines that give a name its rounded value, "λ ≈ 589.3 nm"."""

from __future__ import annotations

import re

SYMBOL = r"(?:\\?[A-Za-z]+|[\u0391-\u03bf\u03c1-\u03c9])(?:_(?:\{\w{1,12}\}|\w{1,12}))?"
# Rounded to few figures a value is only "about" that much.
FIGURES = r"(?:\d[\d,]*\.\d*|\.\d\d+|\d{1,3}(?:,\d{3})+|\d{3,})"
MARK = r"(?:\*\*|\$)"
ABOUT = re.compile(
    rf"(?P<before>{MARK}{{0,2}}{SYMBOL}{MARK}?)\s*(?:\u2248|\\approx(?![A-Za-z]))\s*(?P<behind>{MARK}?\s*(?P<value>{FIGURES})(?![\d.])[^=<>\u2248\u2264\u2265;?\n]{{0,60}})"
)


def with_equals_sign(line: str) -> str:
    """A last line in bold or mathematics whose name has a rounded value, with an equals sign; any other line as it is."""
    match = ABOUT.fullmatch(line) if "**" in line or "$" in line else None
    if match is None or r"\approx" in match["behind"]:
        return line
    behind = match["behind"].replace(f"{match['value']}", match["value"].removesuffix("."), 1)
    plain = f"{match['before']} = {behind}"
    return f"**{plain.replace('**', '')}**" if "**" in plain else plain
