"""A model's thinking, told apart from its answer."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from cgd_recipes.files.shipped import data_root
from cgd_recipes.files.yaml import read_yaml


class Parts(NamedTuple):
    """An answer without its thinking.

    Attributes:
        answer: what is left for training.
        reasoning: the thinking; None where there is none.
        ended: whether the model came out of its thinking.
    """

    answer: str
    reasoning: str | None
    ended: bool


class _Style(NamedTuple):
    opens: re.Pattern[str]
    closes: re.Pattern[str]
    implied: bool
    marks: re.Pattern[str]
    ends: re.Pattern[str]


@cache
def _styles() -> dict[str, _Style]:
    styles = read_yaml(data_root() / "templates" / "thinking.yaml").value
    return {
        name: _Style(
            re.compile(one["opens"]),
            re.compile(one["closes"]),
            one.get("implied", False),
            re.compile(one["marks"]),
            re.compile(rf"(?:\s*(?:{one['ends']}))+\s*\Z"),
        )
        for name, one in styles.items()
    }


def separate(text: str, reasoning: str | None, style: str = "auto") -> Parts:
    """Split an answer from the thinking in it.

    Args:
        text: the answer as the engine gave it.
        reasoning: thinking which the engine returned apart.
        style: a name in templates/thinking.yaml; `auto` tries all of them, `none` takes the text as it is.

    Returns:
        Answer and thinking, stripped. An answer in which thinking is left has none. A named style whose template opens
        the thinking is believed: without the end of the thinking there is no answer.
    """
    styles = _styles()
    names = [] if style == "none" else [style] if style in styles else list(styles)
    thought = [reasoning] if reasoning and reasoning.strip() else []
    for name in names:
        opens, closes, implied, marks, ends = styles[name]
        opened = opens.match(text)
        closed = closes.search(text, opened.end() if opened else 0) if opened or implied else None
        if closed:
            thought.append(ends.sub("", text[opened.end() if opened else 0 : closed.start()]))
            answer = ends.sub("", text[closed.end() :]).strip()
            return Parts("", text, False) if marks.search(answer) else Parts(answer, _joined(thought), True)
        if opened or (implied and style == name and not thought):
            return Parts("", _joined([*thought, text[opened.end() :] if opened else text]), False)
    answer = text.strip()
    return Parts(answer, _joined(thought), bool(answer) or not thought)


def _joined(thought: list[str]) -> str | None:
    return "\n".join(part.strip() for part in thought) or None
