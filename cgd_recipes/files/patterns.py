"""Regular expressions that others wrote: only those that end soon on any text."""

from __future__ import annotations

import re
import warnings
from typing import Any

# What a pattern is made of; no public module tells.
_parser: Any = re._parser  # type: ignore[attr-defined]
_constants: Any = re._constants  # type: ignore[attr-defined]

MAX_WAYS = 1_000
"""Ways in which a pattern may match at one place of a text, repetitions without an end apart; and characters that it repeats."""
_NO_FLAGS = "must set no flags such as (?i); write [Aa] in place of a"
_ONE_CHARACTER = {"LITERAL", "NOT_LITERAL", "IN", "ANY"}


class _TooSlow(Exception):
    pass


class _Flags(Exception):
    pass


def pattern_fault(text: str) -> str | None:
    """Why a pattern cannot be used; None where it can be.

    Python's engine tries one way after the other, and cannot be stopped. So the ways are counted beforehand. One repetition
    without an end is allowed, of one character or class, in a pattern that begins with a character which is not among those:
    then no two places of a text are the beginning of the same run, and the time is linear.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", FutureWarning)
            compiled, parsed = re.compile(text), _parser.parse(text)
    except FutureWarning as error:
        return f"will have another meaning in later versions of Python: {error}; write \\[, \\- and the like for the characters themselves"
    except (re.error, RecursionError, OverflowError) as error:
        return f"is no regular expression: {error}"
    if compiled.flags & ~re.UNICODE:
        return _NO_FLAGS
    if compiled.groupindex:  # patterns are joined, and two of them may have the same names
        return "must name no groups; write (?:...)"
    if compiled.match(""):
        return "matches the empty text"
    try:
        endless: list[Any] = []
        if _ways(parsed, endless) > MAX_WAYS:
            raise _TooSlow
        if endless and (len(endless) > 1 or not _begins_apart(parsed, endless[0])):
            raise _TooSlow
    except _Flags:
        return _NO_FLAGS
    except (_TooSlow, RecursionError):
        return (
            "may take too long on some texts; give repetitions a near end ({1,20} in place of +), and repeat single characters "
            "or classes, not groups"
        )
    return None


def _ways(items: Any, endless: list[Any]) -> int:
    total = 1
    for kind, value in items:
        name = str(kind)
        if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            least, most, body = value
            total *= _ways_of_repeat(least, most, body, endless)
        elif name == "SUBPATTERN":
            _group, added, removed, body = value
            if added or removed:  # (?i:x) matches more than the characters that are compared here
                raise _Flags
            total *= _ways(body, endless)
        elif name == "ATOMIC_GROUP":
            total *= _ways(value, endless)
        elif name in ("ASSERT", "ASSERT_NOT"):
            total *= _ways(value[1], endless)
        elif name == "BRANCH":
            total *= sum(_ways(branch, endless) for branch in value[1])
        elif name not in _ONE_CHARACTER and name != "AT":
            raise _TooSlow
        if total > MAX_WAYS:
            raise _TooSlow
    return total


def _ways_of_repeat(least: int, most: Any, body: Any, endless: list[Any]) -> int:
    # One way, but so many characters to look at from every place of a text.
    if int(least) * int(body.getwidth()[0]) > MAX_WAYS:
        raise _TooSlow
    single = len(body) == 1 and str(body[0][0]) in _ONE_CHARACTER
    if most == _constants.MAXREPEAT:
        if not single:
            raise _TooSlow
        endless.append(body[0])
        return 1
    if single:
        return int(most) - int(least) + 1
    within: list[Any] = []
    inner = _ways(body, within)
    if (within and most > 1) or most > 100:
        raise _TooSlow
    endless += within
    return sum(inner**times for times in range(int(least), int(most) + 1))


def _begins_apart(items: Any, repeated: Any) -> bool:
    """Whether a pattern begins with a character that an endless repetition in it does not match."""
    kind, value = items[0]
    return str(kind) == "LITERAL" and not _matches(repeated, chr(value))


def _matches(item: Any, character: str) -> bool:
    kind, value = str(item[0]), item[1]
    if kind == "LITERAL":
        return bool(chr(value) == character)
    if kind == "NOT_LITERAL":
        return bool(chr(value) != character)
    if kind == "ANY":
        return True
    found, negated = False, False
    for inner, detail in value:
        match str(inner):
            case "NEGATE":
                negated = True
            case "LITERAL":
                found |= chr(detail) == character
            case "RANGE":
                found |= detail[0] <= ord(character) <= detail[1]
            case _:  # a category, such as \w
                return True
    return found != negated
