"""What one step of a template may make, counted before or after it: text that is joined, repeated, cut or formatted."""

from __future__ import annotations

import re
from collections.abc import Callable, ItemsView, Iterable, KeysView, Mapping, Sized, ValuesView
from functools import wraps
from typing import Any

from jinja2 import nodes

from cgd_recipes.files.limits import LimitError, count, reserve

MAX_NUMBER = 10_000
"""What a template may count to, and the largest number that it may give to a function: widths, repetitions."""
_BITS = 10_000
_PARTS = 200_000
_ITEM = 8  # bytes that an item of a list takes
GROWTH = 12  # characters of four bytes whose memory a character may take in one step, as a text of its own in a list
_WIDTH = re.compile(r"\d{5}|\*")
_WIDTH_FROM_OUTSIDE = re.compile(r"\{[^{}]*:[^{}]*\{")
_COMPARISONS = 10**9  # of characters, in one step: less than a second


def limited_range(*bounds: int) -> range:
    """`range`, up to a limit.

    Raises:
        LimitError: more numbers than that.
    """
    numbers = range(*bounds)
    # len() fails where there are more than a machine's word can count.
    if numbers and (numbers[-1] - numbers[0]) // numbers.step >= MAX_NUMBER:
        raise LimitError(f"range() of more than {MAX_NUMBER:,} numbers")
    return numbers


def check_numbers(arguments: Iterable[Any], named: Mapping[str, Any]) -> None:
    """See that the whole numbers given to a function are small.

    Raises:
        LimitError: one is more than `MAX_NUMBER`.
    """
    for argument in (*arguments, *named.values()):
        if isinstance(argument, int) and abs(argument) > MAX_NUMBER:
            raise LimitError("a number that is too large for a function")


def check_search(text: str, arguments: Iterable[Any]) -> None:
    """See that texts which a method looks for are short: some methods compare each character of one text with all of the other.

    Raises:
        LimitError: it could take too long.
    """
    if any(isinstance(argument, str) and len(argument) * len(text) > _COMPARISONS for argument in arguments):
        raise LimitError("a search that could take too long")


def check_widths(layout: str) -> None:
    """See that a format names no large width.

    Raises:
        LimitError: it does.
    """
    if _WIDTH.search(layout):
        raise LimitError("a width of more than four digits in a format")


def check_no_width_from_outside(layout: str) -> None:
    """See that no argument of `str.format` is a width, as in `{:{}}`: it may be text, or have any number of digits.

    Raises:
        LimitError: one is.
    """
    if _WIDTH_FROM_OUTSIDE.search(re.sub(r"\{\{|\}\}", "", layout)):
        raise LimitError("a width from outside of a format")


def check_size(value: Any) -> Any:
    """A value that was just made, or goes somewhere else; all that can be done with it in one step has an end.

    A list may hold another one twice, which holds another one twice, and so on: to compare two of them never ends.

    Raises:
        LimitError: a list, tuple or mapping has too many parts, or too much text.
    """
    if isinstance(value, _HOLDERS):
        reserve(_size(value))
    return value


def count_made(value: Any) -> Any:
    """A value that was just made, counted."""
    if isinstance(value, str):
        count(len(value))
    elif isinstance(value, list | tuple):
        count(len(value) * _ITEM)
        check_size(value)
    return value


def counted_filter(function: Callable[..., Any], is_level: bool) -> Callable[..., Any]:
    """A filter whose result counts: `list` makes an item of each character, `forceescape` five characters.

    Args:
        function: the filter.
        is_level: whether it needs no room beforehand; see `_LEVEL_FILTERS`.
    """

    @wraps(function)
    def counted(*arguments: Any, **named: Any) -> Any:
        if not is_level:
            reserve(GROWTH * sum(len(value) for value in (*arguments, *named.values()) if isinstance(value, str)))
        return count_made(function(*arguments, **named))

    return counted


def with_small_numbers(function: Callable[..., Any]) -> Callable[..., Any]:
    """A filter to which no large number may be given: a width, say."""

    @wraps(function)
    def limited(*arguments: Any, **named: Any) -> Any:
        check_numbers(arguments[1:], named)
        return function(*arguments, **named)

    return limited


def weighed(value: Any) -> Any:
    """A value that can be written as text: a list may hold another one twice, which holds another one twice, and so on."""
    if isinstance(value, _HOLDERS):
        reserve(GROWTH * _size(value))
    return value


_HOLDERS = (list, tuple, set, Mapping, KeysView, ItemsView, ValuesView)


def _size(value: Any) -> int:
    """Characters of all texts in a value, and its parts; a text that is in it twice is written twice.

    Raises:
        LimitError: too many parts.
    """
    left, parts, characters = [value], 0, 0
    while left:
        part = left.pop()
        parts += 1
        if isinstance(part, str):
            characters += len(part)
        elif isinstance(part, Mapping):
            left += [*part.keys(), *part.values()]
        elif isinstance(part, _HOLDERS):
            left += part
        if parts + len(left) > _PARTS:
            raise LimitError(f"a value of more than {_PARTS:,} parts")
    return characters + parts


def reserve_for(places: int, arguments: Iterable[Any]) -> None:
    """See that there is room for arguments that a format may write in each of its places."""
    reserve(places * max(map(_size, arguments), default=0))


def of_weighed(function: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that writes a value as text, which is given no large number: `tojson(indent=10**9)` would fill the memory."""

    @wraps(function)
    def limited(*arguments: Any, **named: Any) -> Any:
        # Jinja gives some filters its own settings before the value.
        value, *others = arguments[isinstance(arguments[0], nodes.EvalContext) :]
        weighed(value)
        check_numbers(others, named)
        return function(*arguments, **named)

    return limited


def join_texts(value: Iterable[Any], d: str = "", attribute: str | int | None = None) -> str:
    """The filter and the method `join`."""
    items = value if attribute is None else [item[attribute] for item in value]
    texts = [str(weighed(item)) for item in items]
    count(sum(map(len, texts)) + len(str(d)) * len(texts))
    return str(d).join(texts)


def replace_text(s: object, old: str, new: str, times: int | None = None) -> str:
    """The filter and the method `replace`."""
    text = str(s)
    count(len(text) + text.count(str(old)) * len(str(new)))
    return text.replace(str(old), str(new), -1 if times is None else times)


def format_text(value: str, *arguments: Any, **named: Any) -> str:
    """The filter `format`, and `%`."""
    check_widths(value)
    weighed([*arguments, *named.values()])
    reserve_for(value.count("%"), [*arguments, *named.values()])
    made: str = str(value) % (named or arguments)
    count(len(made))
    return made


def indent_text(function: Callable[..., str]) -> Callable[..., str]:
    """The filter `indent`, for which every character may be a line of its own."""

    @wraps(function)
    def limited(s: Any, width: int | str = 4, *others: Any, **named: Any) -> str:
        reserve(len(str(s)) * (width if isinstance(width, int) else len(width)))
        return function(s, width, *others, **named)

    return limited


def trim_text(value: object, chars: str | None = None) -> str:
    """The filter `trim`."""
    text = value if isinstance(value, str) else str(weighed(value))
    check_search(text, [chars])
    return text.strip(chars)


def sum_numbers(iterable: Iterable[Any], attribute: str | int | None = None, start: float = 0) -> float:
    """The filter `sum`, of numbers alone: lists would be joined."""
    for item in iterable:
        number = item if attribute is None else item[attribute]
        if not isinstance(number, int | float):
            raise TypeError("sum adds numbers only")
        start += number
    return start


def _add(left: Any, right: Any) -> Any:
    return count_made(left + right)


def _multiply(left: Any, right: Any) -> Any:
    for value, times in ((left, right), (right, left)):
        if isinstance(value, Sized) and isinstance(times, int):
            count(len(value) * max(times, 0) * (1 if isinstance(value, str) else _ITEM))
    if isinstance(left, int) and isinstance(right, int) and left.bit_length() + right.bit_length() > _BITS:
        raise LimitError("a product that is too large")
    return check_size(left * right)


def _power(left: Any, right: Any) -> Any:
    if isinstance(left, int) and isinstance(right, int) and left.bit_length() * abs(right) > _BITS:
        raise LimitError("a power that is too large")
    return left**right


def _modulo(left: Any, right: Any) -> Any:
    if isinstance(left, str):
        return format_text(left, *(right if isinstance(right, tuple) else (right,)))
    return left % right


OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {"+": _add, "*": _multiply, "**": _power, "%": _modulo}
