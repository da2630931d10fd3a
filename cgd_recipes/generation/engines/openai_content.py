"""What the content of an OpenAI-compatible server's message holds: text, thinking, a refusal."""

from __future__ import annotations

from typing import Any, NamedTuple


class Content(NamedTuple):
    """What a message's content holds.

    Attributes:
        text: the answer.
        thinking: of parts of their own.
        refusal: of parts of their own.
        other: the type of a part that is none of these; empty where there is none.
    """

    text: str
    thinking: str = ""
    refusal: str = ""
    other: str = ""


def read_content(content: Any) -> Content:
    """Read a message's content: a string, nothing, or a list of parts.

    Raises:
        LookupError, TypeError: it is none of these.
    """
    if content is None or isinstance(content, str):
        return Content(content or "")
    held: dict[str, list[str]] = {"text": [], "thinking": [], "refusal": []}
    other = ""
    for part in content:
        kind = _PARTS.get(part["type"])
        if kind:
            held[kind].append(_thinking(part[kind]) if kind == "thinking" else part[kind])
        elif part["type"] not in _UNSEEN_PARTS:
            other = other or str(part["type"])[:40]
    return Content("".join(held["text"]), "".join(held["thinking"]), "".join(held["refusal"]), other)


_PARTS = {"text": "text", "output_text": "text", "thinking": "thinking", "refusal": "refusal"}
"""Type of a part -> where its text stands."""
_UNSEEN_PARTS = frozenset(["redacted_thinking", "reasoning", "reasoning_summary"])
"""Types of parts that belong to the thinking and hold none that can be kept."""


def _thinking(content: Any) -> str:
    """The thinking of a part: a string, or a list of parts that have text; deeper there is nothing."""
    return content if isinstance(content, str) else "".join(part["text"] for part in content)
