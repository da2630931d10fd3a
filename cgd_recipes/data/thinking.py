"""A model's thinking, told apart from its answer.

All work here is linear in the length of the text: it comes from models, and degenerate ones write 150,000 blanks.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache
from typing import NamedTuple

from cgd_recipes.data.marks import code_of, cut_end_marks, find_thinking_mark
from cgd_recipes.files.shipped import data_root
from cgd_recipes.files.yaml import read_yaml

AS_IT_IS = "none"
"""The style of a model that does not think: its text is taken as it is."""


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
    holds: tuple[str, ...]
    implied: bool
    marks: re.Pattern[str]

    def end_of_thinking(self, text: str, begin: int) -> re.Match[str] | None:
        """Where the thinking ends; nearly no text holds such a place, and most of the time of a render went into looking.

        In Markdown's code it is quoted, by an answer about such marks: to cut there would leave half an answer.
        """
        if not any(part in text for part in self.holds):
            return None
        is_code = code_of(text)
        return next((found for found in self.closes.finditer(text, begin) if not is_code(found)), None)


@cache
def _styles() -> dict[str, _Style]:
    styles = read_yaml(data_root() / "templates" / "thinking.yaml").value
    return {
        name: _Style(
            re.compile(style["opens"]),
            re.compile(style["closes"]),
            tuple(style["holds"]),
            style.get("implied", False),
            re.compile(style["marks"]),
        )
        for name, style in styles.items()
    }


def separate(text: str, reasoning: str | None, style: str = "auto") -> Parts:
    """Split an answer from the thinking in it, and cut end-of-turn marks off both.

    Args:
        text: the answer as the engine gave it.
        reasoning: thinking which the engine returned apart.
        style: a name in templates/thinking.yaml; `auto` tries all of them, `none` takes the text as it is.

    Returns:
        Answer and thinking, stripped. An answer in which thinking of its style is left has none. A named style whose
        template opens the thinking is believed: without the end of the thinking there is no answer. Marks of other styles
        stay in the answer: see `thinking_mark`.
    """
    styles = _styles()
    names = [] if style == AS_IT_IS else [style] if style in styles else list(styles)
    thought = [reasoning] if reasoning and reasoning.strip() else []
    text = text.lstrip()
    for name in names:
        known = styles[name]
        opened, implied = known.opens.match(text), known.implied
        begin = opened.end() if opened else 0
        closed = known.end_of_thinking(text, begin) if opened or implied else None
        if closed:
            thought.append(_without_ends(text[begin : closed.start()]))
            answer = _without_ends(text[closed.end() :]).lstrip()
            return Parts("", text, False) if known.marks.search(answer) else Parts(answer, _joined(thought), True)
        if opened or (implied and style == name and not thought):
            return Parts("", _joined([*thought, text[begin:]]), False)
    answer = _without_ends(text)
    return Parts(answer, _joined(thought), bool(answer) or not thought)


def without_thinking(text: str, reasoning: str | None = None) -> Parts:
    """The same with all styles; an answer that holds no thinking stays as it is, its white space and end marks included."""
    parts = separate(text, reasoning)
    is_whole = parts.ended and parts.answer == _without_ends(text.lstrip())
    return parts._replace(answer=text) if is_whole else parts


def thinking_mark(answer: str, allowed: Collection[str] = ()) -> str | None:
    """What in an answer looks like a mark of thinking, in any model's way, or None; to be asked after `separate`.

    An allow list of styles says what thinking is: whatever else looks like it must not be trained.

    Args:
        answer: the answer.
        allowed: what is text all the same.
    """
    for style in _styles().values():
        if opened := style.opens.match(answer):
            return opened[0]
    return find_thinking_mark(answer, allowed)


def _without_ends(text: str) -> str:
    return cut_end_marks(text).rstrip()


def _joined(thought: list[str]) -> str | None:
    return "\n".join(part.strip() for part in thought) or None
