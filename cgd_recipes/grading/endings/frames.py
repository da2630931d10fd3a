r"""Frames of other kinds than `\boxed`: `\fbox{12}`, `\colorbox{yellow}{12}`, an element with a border."""

from __future__ import annotations

import re

# Other commands that put a frame around an answer.
FRAMED = re.compile(r"\\(?:bbox\s*(?:\[[^\[\]\n]*\])?|enclose\s*\{[a-z ]*box\}|f(?:rame)?box)\s*(?=\{)")
FRAMES = re.compile(r"fbox|framebox|bbox|enclose|colorbox")
# A coloured box may be a mere highlight, if it is not alone.
COLOURED = re.compile(
    r"^(?P<before>(?:[ \t$*>]|\\[\[(])*)\\f?colorbox\s*(?:\{[^{}\n]*\}\s*){1,2}"
    r"(?P<box>\{(?:[^{}\n]|\{(?:[^{}\n]|\{[^{}\n]{0,80}\}){0,200}\}){1,200}\})(?=(?:[ \t$*.]|\\[\])])*$)",
    re.MULTILINE,
)
# A frame in HTML, and the tokens that some models put around an answer
IN_FRAME = re.compile(
    r"<(?P<tag>div|span|p)\s[^<>]{0,200}\bborder\b[^<>]{0,200}>(?P<said>[^<>\n]{1,200})</(?P=tag)>|<\|begin_of_box\|>(?P<boxed>[^<>\n]{1,400})<\|end_of_box\|>"
)


def with_boxes(text: str) -> str:
    r"""A text with `\boxed` for the frames in it."""
    if FRAMES.search(text):
        text = COLOURED.sub(r"\g<before>\\boxed\g<box>", FRAMED.sub(r"\\boxed", text))
    if "border" in text or "<|begin_of_box|>" in text:
        text = IN_FRAME.sub(lambda match: rf"\boxed{{{match['said'] or match['boxed']}}}", text)
    return text
