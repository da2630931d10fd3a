"""Intercepts that an answer gives as points: (3, 0) where the x-intercept 3 is asked for."""

from __future__ import annotations

import re

from cgd_recipes.grading.notation.text import said

INTERCEPT = re.compile(r"\b(?P<axis>[xy])-?(?:\s|\$-?)?intercept\b", re.IGNORECASE)
ON_AXIS = re.compile(r"(?:the\s+)?(?:point\s+)?\(\s*(?P<x>[^(),]+),\s*(?P<y>[^(),]+)\)", re.IGNORECASE)


def intercept(answer: str, gold: str, question: str) -> str:
    """The number of a point on the axis of which the question asks for the intercept; "" for any other point."""
    axes = {match["axis"].casefold() for match in INTERCEPT.finditer(question)}
    if len(axes) != 1 or "(" in gold or "," in gold:
        return ""
    point = ON_AXIS.fullmatch(said(answer).strip("$ ."))
    axis = axes.pop()
    zero, value = ("y", "x") if axis == "x" else ("x", "y")
    return point[value].strip() if point and point[zero].strip() == "0" else ""
