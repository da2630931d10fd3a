"""What the working before the last sentence of a response comes to."""

from __future__ import annotations

import re

from cgd_recipes.grading.prose.told import Same

MAX_WORKING = 500
RESULT = re.compile(
    r"(?:[=\u2248]|\b(?:equals|gives|makes|leaves|get|is|to)\b)\s*\$?(?P<said>-?\d[\d,]*(?:\.\d+)?(?:/\d+)?)(?![\d/]|\.\d)"
)


def comes_to(working: str, parts: tuple[str, ...], same: Same) -> bool:
    """Whether the last result of a working is the gold answer; one of several values, where the others are results before it.

    Args:
        working: all of a response before its last sentence.
        parts: the values of the gold answer.
        same: whether a part and a value are the same.
    """
    found = RESULT.findall(working[-MAX_WORKING:].replace("\u2212", "-"))
    return (
        bool(found)
        and any(same(part, found[-1], "") for part in parts)
        and all(any(same(part, each, "") for each in found) for part in parts)
    )
