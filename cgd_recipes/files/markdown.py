"""Text of others in Markdown: on one line, and none of it markup."""

from __future__ import annotations

import re

from cgd_recipes.errors import one_line, visible

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#+|~])")


def markdown_cell(value: object) -> str:
    """Text of others in a table of Markdown: on one line, and none of it markup. Without brackets, parentheses are none."""
    return _MARKUP.sub(r"\\\1", " ".join(visible(str(value)).split()))


def markdown_code(value: object) -> str:
    """Text of others as code, also in a table."""
    text, fence = one_line(str(value)).replace("|", "\\|"), "`"
    while fence in text:
        fence += "`"
    # Next to a backtick of the text, the fence would be longer.
    return f"{fence}{text}{fence}" if fence == "`" else f"{fence} {text} {fence}"
