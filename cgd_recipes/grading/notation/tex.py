r"""Arguments as TeX takes them: `\frac12`, `\frac\pi4`, `\sqrt\pi`, `x^\frac12` with all their braces; which brace closes another."""

from __future__ import annotations

import re

TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[^\\]|\\$", re.DOTALL)
ARGUMENTS = {r"\frac": 2, r"\binom": 2, r"\sqrt": 1, "^": 1}
BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
# Of text that is nested more deeply only the outer commands are seen to.
MAX_NESTED = 40


def braced(text: str) -> str:
    """A text in which every argument of a fraction, binomial, root or power that is a single piece stands in braces."""
    if not any(command in text for command in ARGUMENTS):
        return text
    tokens = TOKEN.findall(text)
    done, place = [], 0
    while place < len(tokens):
        read, place = _read(tokens, place, 0)
        done.append(read)
    return "".join(done)


def _read(tokens: list[str], place: int, depth: int) -> tuple[str, int]:
    """The piece at a place with its arguments, and the place behind them."""
    piece = tokens[place]
    if piece not in ARGUMENTS or depth > MAX_NESTED:
        return piece, place + 1
    place += 1
    arguments = []
    if piece == r"\sqrt" and (index := _optional(tokens, place)) is not None:
        arguments.append("".join(tokens[place:index]))
        place = index
    for _ in range(ARGUMENTS[piece]):
        start = _skip(tokens, place)
        if (
            start >= len(tokens)
            or tokens[start] in ("}", "&", "-", "+", "(", "[", ")", "'", ",", "=")
            or (piece == "^" and not tokens[start].startswith(("\\", "{")))
        ):
            return piece + "".join(arguments), place  # `x^2`, `x^-2` and `x^(1/2)` are the parser's
        if tokens[start] == "{":
            argument, place = _group(tokens, start, depth)
        else:
            inner, place = _read(tokens, start, depth + 1)
            argument = f"{{{inner}}}"
        arguments.append(argument)
    return piece + "".join(arguments), place


def _group(tokens: list[str], place: int, depth: int) -> tuple[str, int]:
    """A group in braces, its own arguments in braces too."""
    done, place, open_braces = ["{"], place + 1, 1
    while place < len(tokens):
        if tokens[place] in ("{", "}"):
            open_braces += 1 if tokens[place] == "{" else -1
            done.append(tokens[place])
            place += 1
            if open_braces == 0:
                break
            continue
        read, place = _read(tokens, place, depth + 1)
        done.append(read)
    return "".join(done), place


def _optional(tokens: list[str], place: int) -> int | None:
    """The place behind an index in square brackets, if one stands there."""
    if place >= len(tokens) or tokens[place] != "[":
        return None
    return tokens.index("]", place) + 1 if "]" in tokens[place:] else None


def _skip(tokens: list[str], place: int) -> int:
    while place < len(tokens) and tokens[place] == " ":
        place += 1
    return place


def closing_brace(text: str, start: int) -> int:
    r"""The place of the brace that closes the one at `start`, or -1; `\{` and `\}` are characters, no braces."""
    depth = 0
    for match in BRACE.finditer(text, start):
        if match[0] == "{":
            depth += 1
        elif match[0] == "}":
            depth -= 1
            if depth == 0:
                return match.start()
    return -1
