"""Marks that models, chat templates and tokenizers leave in answers, by templates/marks.yaml.

All work here is linear in the length of the text: every repetition in a pattern is bounded. Most answers hold no mark, and
most of the time of a render could go into looking for one, so that each search begins with one for a certain character.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Callable, Collection, Iterator
from functools import cache
from itertools import chain
from typing import Any, NamedTuple

from cgd_recipes.files.shipped import data_root
from cgd_recipes.files.yaml import read_yaml

_LONGEST_MARK, _SHORTEST_PART, _PIECE = 64, 3, 1024
_ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff"
_UNSEEN = f" \t\r\n\f\v\u00a0{_ZERO_WIDTH}"
_FENCE = re.compile(r"^[ \t]{0,12}(?:```|~~~)", re.MULTILINE)


class _Marks(NamedTuple):
    end_of_turn: tuple[str, ...]
    ends: re.Pattern[str]
    end_like: re.Pattern[str]
    left_over: tuple[re.Pattern[str], ...]
    control_tokens: tuple[str, ...]
    control_token: re.Pattern[str]
    thinking: _Thinking


class _Thinking(NamedTuple):
    tag: re.Pattern[str]
    holds: tuple[str, ...]
    stems: re.Pattern[str]
    brackets: re.Pattern[str]
    label: re.Pattern[str]
    json: re.Pattern[str]
    fence: re.Pattern[str]
    languages: frozenset[str]
    opens: re.Pattern[str]
    text_tags: frozenset[str]

    @classmethod
    def of(cls, listed: dict[str, Any], text_tags: list[str]) -> _Thinking:
        holds, languages = tuple(listed.pop("holds")), frozenset(listed.pop("languages"))
        patterns = {name: re.compile(pattern) for name, pattern in listed.items()}
        names = frozenset(" ".join(text_tags).split())
        return cls(holds=holds, languages=languages, text_tags=names, **patterns)

    def is_named(self, name: str) -> bool:
        """Whether a name is one for thinking."""
        return bool(self.stems.search(name.lower()))

    def is_tag(self, found: re.Match[str]) -> bool:
        """Whether something in angle brackets has a name for thinking, and is no type of a program, file or address."""
        name, at = found[1], found.start()
        is_type = (
            name[0].isupper() and found.start(1) == at + 1 and bool(re.match(r"\w", found.string[max(0, at - 1) : at]))
        )
        return not is_type and not re.search(r"\w[.@]\w", name) and self.is_named(name)


@cache
def _marks() -> _Marks:
    listed = read_yaml(data_root() / "templates" / "marks.yaml").value
    return _Marks(
        end_of_turn=tuple(listed["end_of_turn"]),
        ends=re.compile(rf"(?:{'|'.join(map(re.escape, listed['end_of_turn']))})\Z"),
        end_like=re.compile(listed["end_like"]),
        left_over=tuple(map(re.compile, listed["left_over"])),
        control_tokens=tuple(listed["control_tokens"]),
        control_token=re.compile(listed["control_token"]),
        thinking=_Thinking.of(listed["thinking"], listed["text_tags"]),
    )


def cut_end_marks(text: str) -> str:
    """A text without the marks for the end of a turn at its end, and without what is not seen around them.

    `</s>` stays where an `<s>` is before it: that is HTML. A text without marks stays as it is.
    """
    ends, end = _marks().ends, _visible_end(text, len(text))
    whole, html = len(text), text.find("<s>")
    while found := ends.search(text, max(0, end - _LONGEST_MARK), end):
        if found[0] == "</s>" and 0 <= html < found.start():
            break
        whole = end = _visible_end(text, found.start())
    return text[:whole]


def _visible_end(text: str, end: int) -> int:
    """Where the unseen characters before a place begin, looked for in pieces, so that no text is copied over and over."""
    while end:
        piece = text[max(0, end - _PIECE) : end]
        seen = len(piece.rstrip(_UNSEEN))
        end -= len(piece) - seen
        if seen:
            break
    return end


def find_end_mark(text: str, allowed: Collection[str] = ()) -> str | None:
    """What stands at the end of a text and looks like a mark for the end of a turn, or a part of one; None where nothing does.

    To be asked after `cut_end_marks`.

    Args:
        text: an answer.
        allowed: what is text all the same.
    """
    marks, end = _marks(), text[-_PIECE:].rstrip(_UNSEEN)[-_LONGEST_MARK:]
    last = end[max(end.rfind("<"), end.rfind("["), 0) :]
    found = marks.end_like.search(end) if "<" in last or last.endswith((">", "]")) else None
    mark = found[0] if found else ""
    if mark.startswith("</") and f"<{mark[2:-1]}" in text:  # it closes an element
        return None
    if not mark and len(last) >= _SHORTEST_PART:
        known = (*marks.end_of_turn, *marks.control_tokens)
        mark = last if any(token.startswith(last) and token != last for token in known) else ""
    return mark if mark and mark not in allowed else None


def find_left_over(text: str, allowed: Collection[str] = ()) -> str | None:
    """What a tokenizer left in a text, or the first line of another turn, or None.

    Args:
        text: an answer.
        allowed: what is text all the same.
    """
    is_code: Callable[[re.Match[str]], bool] | None = None
    for match in chain.from_iterable(pattern.finditer(text) for pattern in _marks().left_over):
        is_code = is_code or code_of(text)
        mark = match[0].strip(" \t\n*_#")
        if mark not in allowed and not is_code(match):
            return mark
    return None


def code_of(text: str) -> Callable[[re.Match[str]], bool]:
    """Whether what was found in a text stands in Markdown's code: in a block, where all are closed, or between two backticks."""
    fences = [fence.start() for fence in _FENCE.finditer(text)]

    def is_code(found: re.Match[str]) -> bool:
        before = bisect(fences, found.start())
        is_inline = text[max(0, found.start() - 1) : found.start()] == "`" == text[found.end() : found.end() + 1]
        return is_inline or (before % 2 == 1 and len(fences) % 2 == 0)

    return is_code


def find_control_token(text: str, allowed: Collection[str] = ()) -> str | None:
    """The first control token of a chat template in a text, or None; to be asked after `cut_end_marks`.

    Args:
        text: an answer.
        allowed: what is text all the same.
    """
    marks = _marks()
    listed = (mark for mark in (*marks.control_tokens, *marks.end_of_turn) if mark in text)
    held = (mark for mark in listed if not (mark == "</s>" and 0 <= text.find("<s>") < text.find("</s>")))
    found = chain((token[0] for token in marks.control_token.finditer(text)), held)
    return next((token for token in found if token not in allowed), None)


def find_thinking_mark(text: str, allowed: Collection[str] = ()) -> str | None:
    """What in a text looks like a mark of thinking, in whatever model's way, or None.

    Args:
        text: an answer.
        allowed: what is text all the same.
    """
    found = chain(_thinking_at_the_start(text), _thinking_anywhere(text))
    return next((mark for mark in found if mark not in allowed), None)


def _thinking_anywhere(text: str) -> Iterator[str]:
    marks = _marks().thinking
    if any(character in text for character in marks.holds):
        yield from (f"<{tag[1]}>" for tag in marks.tag.finditer(text) if marks.is_tag(tag))
    if "[" in text or "..." in text:
        yield from (found[0] for found in marks.brackets.finditer(text))
    if "```" in text or "~~~" in text:
        names = (fence[1] for fence in marks.fence.finditer(text))
        yield from (f"```{name}" for name in names if marks.is_named(name) and name.lower() not in marks.languages)


def _thinking_at_the_start(text: str) -> Iterator[str]:
    """Headings and keys for thinking, and pairs of tags that are not known to hold a part of an answer."""
    marks = _marks().thinking
    if label := marks.label.match(text):
        yield label[1].strip()
    if (key := marks.json.match(text)) and marks.is_named(key[1]):
        yield f'{{"{key[1]}"'
    opened = marks.opens.match(text)
    if opened and opened[2].lower() not in marks.text_tags:
        closed = text.find(f"{opened[1]}/{opened[2]}", opened.end())
        if closed >= 0 and _visible_end(text, len(text)) > closed + len(opened[2]) + 3:
            yield f"<{opened[2]}>" if opened[1] == "<" else f"[{opened[2]}]"
