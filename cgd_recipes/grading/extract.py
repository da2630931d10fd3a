"""The final answer of a response: its last box, or an explicit statement of the answer."""

from __future__ import annotations

import re

from cgd_recipes.grading.gold import Fault

# An answer is never that long, nor what joins two boxes; text that is would only cost time.
MAX_LENGTH, MAX_JOINT, MAX_NESTED = 5_000, 60, 5
BOX = re.compile(r"\\(?:boxed|fbox)(?![A-Za-z])\s*")
# What may stand between two boxes that state one answer together: "\boxed{1}$ and $\boxed{-2}".
JOINT = re.compile(
    r"(?:\\[,;:! ]|\\q?quad|[\s$])*(?:,|;|(?:\\text\s*\{)?\s*(?:,\s*)?(?:and|or)\b\s*\}?)(?:\\[,;:! ]|\\q?quad|[\s$])*"
)
STATEMENT = re.compile(
    r"(?:\bfinal\s+answer\b\**\s*(?::\s*\**|is\b)|\banswer\b\**\s*:\**|\bthe\s+(?:correct\s+)?answer\s+is\b|^[ \t]*\#{4})"
    r"[ \t]*:?[ \t]*",
    re.IGNORECASE | re.MULTILINE,
)
# The rest of the line, or the display that begins on the next one.
SAID = re.compile(r"[^\n]*(?:\n(?=[ \t]*(?:\$\$|\\\[))[^\n]*)?")
SENTENCE = re.compile(r"(?<=[\w)$}\]])\.\s+(?=[A-Z])")
HOPE = re.compile(r"\.?\s*I hope (?:it|this) is correct.*$", re.IGNORECASE)
# "answer is not obvious", "answer is found by": prose about the answer, and no answer.
PROSE = re.compile(
    r"(?:not|found|given|obtained|the (?:sum|number|value)|in|to|therefore|simply)\b(?=\s+\w+\s+\w+)", re.I
)


def closing_brace(text: str, start: int) -> int:
    r"""The place of the brace that closes the one at `start`, or -1; `\{` and `\}` are characters, no braces."""
    depth, place = 0, start
    while place < len(text):
        char = text[place]
        if char == "\\":
            place += 1
        elif char == "{":
            depth += 1
        elif char == "}":
            depth -= 1
            if depth == 0:
                return place
        place += 1
    return -1


def boxes(text: str) -> list[tuple[int, int, str | None]]:
    """Start, end and content of every outermost box, in order; the content of a box that is not closed is None."""
    found: list[tuple[int, int, str | None]] = []
    place = 0
    while match := BOX.search(text, place):
        start = match.end()
        if text[start : start + 1] == "{":
            end = closing_brace(text, start)
            if end < 0:
                return [*found, (match.start(), len(text), None)]
            found.append((match.start(), end + 1, text[start + 1 : end]))
            place = end + 1
        else:  # TeX boxes the next token: \boxed 5
            token = re.match(r"[^\s$.,;{}]+", text[start:])
            end = start + (token.end() if token else 0)
            found.append((match.start(), end, token[0] if token else None))
            place = max(end, start)
    return found


def last_boxes(text: str) -> tuple[str, bool] | None:
    """Content of the last box, with those joined to it by a comma or "and"; and whether it is closed."""
    found = boxes(text)
    if not found:
        return None
    start, _, content = found[-1]
    if content is None:
        return BOX.sub("", text[start:], count=1).removeprefix("{"), False
    parts = [unboxed(content)]
    for before, after in zip(found[-2::-1], found[:0:-1], strict=False):
        between = text[before[1] : after[0]]
        if before[2] is None or len(between) > MAX_JOINT or not JOINT.fullmatch(between):
            break
        parts.insert(0, unboxed(before[2]))
    return ", ".join(dict.fromkeys(parts)), True


def unboxed(content: str) -> str:
    """The content without boxes of its own."""
    for _ in range(MAX_NESTED):
        for start, end, inner in reversed(boxes(content)):
            content = content[:start] + (inner or "") + content[end:]
    return content.strip()


def whole(answer: str) -> bool:
    """Whether braces and dollar signs are in pairs; those of an answer that was cut off are not."""
    opened, place = 0, 0
    dollars = 0
    while place < len(answer):
        char = answer[place]
        if char == "\\":
            place += 1
        opened += (char == "{") - (char == "}")
        dollars += char == "$"
        place += 1
    # "$18" is an amount of money.
    money = dollars == 1 and re.match(r"\**\$\s*-?[\d.]", answer) is not None
    return opened == 0 and (dollars % 2 == 0 or money)


def stated(text: str) -> tuple[str, Fault]:
    """What the last explicit statement says: "final answer is X", "the answer is X", "answer: X", "#### X"."""
    answer = ""
    found = list(STATEMENT.finditer(text))
    ends = [match.start() for match in found[1:]] + [len(text)]
    for match, end in zip(found, ends, strict=False):
        line = SAID.match(text, match.end(), min(end, match.end() + MAX_LENGTH + 1))
        said = SENTENCE.split(HOPE.sub("", line[0] if line else ""))[0].strip().strip("*").strip()
        if said and not PROSE.match(said):
            answer = said
    answer = answer.rstrip(". ")
    if not answer:
        return "", "no answer"
    return (answer, "") if whole(answer) else (answer, "cut off")


def extract_answer(response: str) -> tuple[str, Fault]:
    r"""The final answer of a response and what is wrong with it.

    It is what stands in the last `\boxed` or `\fbox`; without any box, what the last "final answer is X", "the answer
    is X", "answer: X" or "#### X" says. A number anywhere else is no answer. Of a response with `</think>` only what
    follows counts.

    Returns:
        The answer and "", or what there is of it and "no answer" or "cut off": the last box or the thought is not
        closed, even where an earlier box is.
    """
    _, thought, text = response.rpartition("</think>")
    if not thought and "<think>" in response:
        return "", "cut off"
    boxed = last_boxes(text)
    if boxed is None:
        return stated(text)
    answer, closed = boxed
    if not closed:
        return answer, "cut off"
    return (answer, "") if answer else ("", "no answer")
