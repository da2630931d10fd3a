"""The shape of an answer: a single value, a list, a tuple, a set, an interval, a union of these."""

from __future__ import annotations

import re
from typing import NamedTuple

from cgd_recipes.grading.gold import MAX_LENGTH
from cgd_recipes.grading.notation.clean import CLOSE_SET, OPEN_SET, ROW
from cgd_recipes.grading.notation.number import DIGITS

PAIRS = {"(": ")", "[": "]", OPEN_SET: CLOSE_SET}
SET, UNION, MATRIX_ROWS = OPEN_SET + CLOSE_SET, r"\cup", "rows"
OPENING, CLOSING = set(PAIRS) | {"{"}, set(PAIRS.values()) | {"}"}
# Answers are never nested that deeply, nor lists that long; text that is would only cost time.
MAX_DEPTH, MAX_ITEMS = 50, 100
# "x", "a_1", `a_{1}`
LETTER_NAME = r"[A-Za-z](?:_\{?\w\}?)?"
# Names whose order is that of the values of a tuple.
COORDINATES = ("xy", "xyz", "ab", "abc")
THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
MATRIX = re.compile(
    r"\\begin\s*\{(?:[pbB]?matrix|array)\}(?:\s*\{[clr| ]*\})?(?P<body>.*)\\end\s*\{(?:[pbB]?matrix|array)\}"
)
MEMBER = re.compile(r"^\s*\\?[A-Za-z]+(?:_\{?\w+\}?)?\s*(?:\\in(?![a-z])|=)?\s*(?=[(\[⦃])")
NAMED_SET = re.compile(
    r"^\s*(?:[(\[](?P<names>\\?[A-Za-z]+(?:_\{?\w+\}?)?(?:\s*,\s*\\?[A-Za-z]+(?:_\{?\w+\}?)?)+)\s*[)\]]|\\?[A-Za-z]+(?:_\{?\w+\}?)?(?:\([a-z]\))?|\\(?:text|vec|overrightarrow)\s*\{\s*[A-Za-z]+\s*\})"
    r"\s*(?:\\in(?![a-z])|=)\s*(?=[(\[⦃]|(?:\\frac\s*\{[^{}]*\}\s*\{[^{}]*\})?\s*\\begin)"
)
VARIABLE = r"(?:\\?[A-Za-z]+(?:_\{?\w+\}?)?(?:\s*\(\s*\\?[A-Za-z]+\s*\))?)"
CHAIN = re.compile(
    rf"^(?:(?P<low>[^<>=]+?)\s*(?P<first><|\\le)\s*)?(?P<name>{VARIABLE})\s*(?P<second><|>|\\le|\\ge)\s*(?P<high>[^<>=]+)$"
)
DESCENDING = re.compile(
    rf"^(?P<high>[^<>=]+?)\s*(?P<first>>|\\ge)\s*(?P<name>{VARIABLE})\s*(?P<second>>|\\ge)\s*(?P<low>[^<>=]+)$"
)
TURNED = {">": "<", r"\ge": r"\le "}


class Group(NamedTuple):
    """Items in brackets.

    Args:
        brackets: the opening and closing bracket; "" for a list without any, UNION or MATRIX_ROWS.
        items: texts of the items.
    """

    brackets: str
    items: tuple[str, ...]

    @property
    def ordered(self) -> bool:
        """Whether the order of the items matters."""
        return self.brackets not in ("", UNION, SET, "names")


def too_deep(text: str) -> bool:
    """Whether a text is nested more deeply, or is longer, than an answer can be."""
    depth = deepest = 0
    for char in text:
        depth += (char in OPENING) - (char in CLOSING)
        deepest = max(deepest, depth)
    return deepest > MAX_DEPTH or len(text) > MAX_LENGTH


def split_top(text: str, separator: str = ",") -> list[str]:
    """A text split where the separator stands outside all brackets; empty parts are left out."""
    if separator not in text:
        return [text.strip()] if text.strip() else []
    parts, depth, start, place = [], 0, 0, 0
    while place < len(text):
        char = text[place]
        if char in OPENING:
            depth += 1
        elif char in CLOSING:
            depth -= 1
        elif depth == 0 and text.startswith(separator, place):
            parts.append(text[start:place])
            start = place + len(separator)
        place += 1
    return [part.strip() for part in [*parts, text[start:]] if part.strip()]


def enclosed(text: str) -> tuple[str, str] | None:
    """Brackets and content of a text that is one bracketed whole; `[2,5)` has the brackets `[)`."""
    if len(text) < 2 or text[0] not in PAIRS or text[-1] not in CLOSING - {"}"}:
        return None
    depth = 0
    for place, char in enumerate(text):
        depth += (char in OPENING) - (char in CLOSING)
        if depth == 0:
            return (text[0] + text[-1], text[1:-1]) if place == len(text) - 1 else None
    return None


def signs(text: str) -> list[str]:
    r"""The values of a text with \pm: one with every upper sign, one with every lower sign."""
    if not re.search(r"\\(?:pm|mp)(?![A-Za-z])", text):
        return [text]
    upper = re.sub(r"\\pm(?![A-Za-z])", "+", re.sub(r"\\mp(?![A-Za-z])", "-", text))
    lower = re.sub(r"\\pm(?![A-Za-z])", "-", re.sub(r"\\mp(?![A-Za-z])", "+", text))
    return [upper.strip(), lower.strip()]


def expand(items: list[str]) -> tuple[str, ...]:
    r"""The items with both signs of every \pm."""
    return tuple(value for item in items for value in signs(item))


def interval_of(text: str) -> Group | None:
    r"""`2 \le x < 5` as `[2,5)`, `x > 3` as `(3,\infty)`; None where the text is no inequality of one name."""
    if turned := DESCENDING.match(text.strip()):
        signs = TURNED[turned["second"]], TURNED[turned["first"]]
        text = f"{turned['low']} {signs[0]} {turned['name']} {signs[1]} {turned['high']}"
    match = CHAIN.match(text.strip())
    if match is None or (match["low"] and match["second"] in (">", r"\ge")):
        return None
    closed = match["second"] in (r"\le", r"\ge")
    if match["low"]:
        opening = "[" if match["first"] == r"\le" else "("
        return Group(opening + ("]" if closed else ")"), (match["low"].strip(), match["high"].strip()))
    if match["second"] in (">", r"\ge"):
        return Group(("[" if closed else "(") + ")", (match["high"].strip(), r"\infty"))
    return Group("(" + ("]" if closed else ")"), (r"-\infty", match["high"].strip()))


def matrix_of(text: str) -> Group | None:
    """A matrix as a group of its rows, each with its cells joined by `&`."""
    match = MATRIX.fullmatch(text.strip("()[] "))
    if match is None:
        return None
    rows = [row.strip() for row in match["body"].split(ROW)]
    return Group(MATRIX_ROWS, tuple(row for row in rows if row))


def split_chain(text: str) -> list[str]:
    r"""The parts of a chain; `8^8 = 16,777,216` has two and no list."""
    return [part for equal in split_top(text, "=") for part in split_top(equal, r"\approx")]


def shape(text: str, *, listed: bool = False, lone_name: bool = False) -> Group | str:
    """The group that a cleaned text is, or the text itself where it is a single value.

    Args:
        text: a cleaned answer.
        listed: it is known to be a list, so that `1,200` is two numbers.
        lone_name: a name before a bracket is the name of the whole: `t(0,4]`.
    """
    if matrix := matrix_of(text):
        return matrix
    named = None if lone_name else NAMED_SET.match(text)
    text = MEMBER.sub("", text).strip() if lone_name else text[named.end() if named else 0 :].strip()
    if len(union := split_top(text, UNION)) > 1:
        return Group(UNION, tuple(union))
    if whole := enclosed(text):
        brackets, content = whole
        items = _between_semicolons(content) or split_top(content if "," in content else content.replace(";", ","))
        if brackets == SET:
            return Group(brackets, expand(items))
        if len(items) > 1 or brackets == "[]":
            return Group(brackets, _in_order(items, named["names"] if named else None))
        if brackets == "()" and items:  # "(5)" is 5, "(1 \pm x)" has two values
            return shape(content.strip())
    if not listed and "," in text and all("," not in part or THOUSANDS.fullmatch(part) for part in split_chain(text)):
        return text
    items = list(expand(_between_semicolons(text) or split_top(text.replace(";", ","))))
    return Group("", tuple(items)) if len(items) > 1 else text


def _between_semicolons(text: str) -> list[str]:
    """The items of `2,400; 1,350`, whose commas are those of thousands; none for any other text."""
    items = split_top(text, ";") if ";" in text and "," in text else []
    return items if len(items) > 1 and all("," not in item or THOUSANDS.fullmatch(item) for item in items) else []


def _in_order(items: list[str], names: str | None) -> tuple[str, ...]:
    """The items of `(y, x) = (2, 1)` in the order of their names; without names as they are."""
    order = [name.strip() for name in (names or "").split(",")]
    if "".join(sorted(order)) not in COORDINATES or len(order) != len(items):
        return tuple(items)
    return tuple(item for _, item in sorted(zip(order, items, strict=True)))


def spaced_items(text: str) -> list[str] | None:
    """`2,400, 1,350` as 2,400 and 1,350: split only at commas before a blank, where some item has thousands."""
    items = [item.strip() for item in re.split(r",\s+", text)]
    return (
        items
        if any(THOUSANDS.fullmatch(item) for item in items) and all(re.fullmatch(DIGITS, i) for i in items)
        else None
    )
