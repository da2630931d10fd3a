"""Marks that models and chat templates leave in answers, by templates/marks.yaml.

All work here is linear in the length of the text: every repetition in a pattern is bounded.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from cgd_recipes.files.shipped import data_root
from cgd_recipes.files.yaml import read_yaml

_LONGEST_MARK, _PIECE = 32, 1024
_WITHOUT_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\u180e\u2800\u3164"))


class _Marks(NamedTuple):
    end_of_turn: tuple[str, ...]
    ends: re.Pattern[str]
    control_tokens: tuple[str, ...]
    control_token: re.Pattern[str]
    thinking_tag: re.Pattern[str]
    thinking_stems: re.Pattern[str]
    thinking_brackets: re.Pattern[str]


@cache
def _marks() -> _Marks:
    listed = read_yaml(data_root() / "templates" / "marks.yaml").value
    return _Marks(
        end_of_turn=tuple(listed["end_of_turn"]),
        ends=re.compile(rf"(?:{'|'.join(map(re.escape, listed['end_of_turn']))})\Z"),
        control_tokens=tuple(listed["control_tokens"]),
        control_token=re.compile(listed["control_token"]),
        **{f"thinking_{name}": re.compile(pattern) for name, pattern in listed["thinking"].items()},
    )


def cut_end_marks(text: str) -> str:
    """A text without the end-of-turn marks and the white space at its end.

    `</s>` stays where an `<s>` is before it: that is HTML.
    """
    ends, end, is_html = _marks().ends, _visible_end(text, len(text)), "<s>" in text
    while found := ends.search(text, max(0, end - _LONGEST_MARK), end):
        if found[0] == "</s>" and is_html:
            break
        end = _visible_end(text, found.start())
    return text[:end]


def _visible_end(text: str, end: int) -> int:
    """Where the white space before a place begins, looked for in pieces, so that no text is copied over and over."""
    while end:
        piece = text[max(0, end - _PIECE) : end]
        end -= len(piece) - len(piece.rstrip())
        if not piece.isspace():
            break
    return end


def find_control_token(text: str) -> str | None:
    """The first control token of a chat template in a text, or None; to be asked after `cut_end_marks`."""
    marks = _marks()
    if found := marks.control_token.search(text):
        return found[0]
    listed = (*marks.control_tokens, *marks.end_of_turn)
    return next((mark for mark in listed if mark in text and not (mark == "</s>" and "<s>" in text)), None)


def find_thinking_mark(text: str) -> str | None:
    """What in a text looks like a mark of thinking, in whatever model's way, or None."""
    marks = _marks()
    for tag in marks.thinking_tag.finditer(text):
        if marks.thinking_stems.search(tag[1].lower()):
            return f"<{tag[1]}>"
    found = marks.thinking_brackets.search(text)
    return found[0] if found else None


def without_invisible(text: str) -> str:
    """A text without the characters that have no width."""
    return text.translate(_WITHOUT_INVISIBLE)
