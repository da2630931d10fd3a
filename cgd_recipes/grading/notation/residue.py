r"""Congruences: `x \equiv 3 \pmod 7`, `x \equiv 1, 4 \pmod 5`, `x \equiv \pm 1 \pmod 5`, `x = 7k + 3`.

Each is a set of remainders by a modulus, and what the text calls the number; two are the same when they have the same remainders by
the least common multiple of their moduli.
"""

from __future__ import annotations

import re
from math import lcm
from typing import NamedTuple

from cgd_recipes.grading.notation.structure import expand, split_top

MODULUS = (
    r"(?:\\pmod|\\mod|\\bmod|\\pod|\(?\s*\\text\s*\{\s*\(?\s*mod\s*\}"
    r"|\(?\s*(?<![A-Za-z\\])mod)\s*\{?\s*(?P<modulus>\d{1,9})\s*\}?\s*\)?"
)
LAST_MODULUS = re.compile(MODULUS + r"\s*$")
ANY_MODULUS = re.compile(MODULUS)
NAMED = re.compile(r"^\s*(?:(?P<name>\\?[A-Za-z](?:_\{?\w+\}?)?)\s*(?:\\equiv(?![A-Za-z])|≡|=)\s*)?(?P<rest>.*)$")
PROGRESSION = re.compile(
    r"^(?:(?P<name>\\?[A-Za-z](?:_\{?\w+\}?)?)\s*=\s*)?(?:(?P<first>[+-]?\s*\d{1,9})\s*(?P<plus>[+-])\s*)?(?P<modulus>\d{1,9})\s*(?:\\cdot\s*)?(?P<count>[kmnt])"
    r"\s*(?P<last>[+-]\s*\d{1,9})?\s*(?:[,(]?\s*(?:\\text\s*\{[^{}]*\}|\\quad|for|where|with)?\s*(?:\\text\s*\{[^{}]*\}|any|some|all)?\s*(?P=count)?\s*"
    r"(?P<whole>\\in\s*\\mathbb\s*\{?\s*Z\s*\}?|\\text\s*\{\s*(?:is\s+)?an?\s*integer\s*\}|\\text\s*\{\s*integer\s*\})\s*\)?)?$"
)
INTEGER = re.compile(r"[+-]?\s*\d{1,18}")
LARGEST = 100_000


class Residues(NamedTuple):
    """Whole numbers by their remainders.

    Args:
        name: what the text calls such a number; "" where it does not.
        modulus: at least one.
        values: the remainders.
    """

    name: str
    modulus: int
    values: frozenset[int]


def same_residues(gold: str, answer: str) -> bool | None:
    """Whether two cleaned texts, at least the gold answer a congruence, are the same; None where they cannot be read as such."""
    if not ANY_MODULUS.search(gold) and not (ANY_MODULUS.search(answer) and PROGRESSION.match(gold)):
        return None
    left, right = residues(gold), residues(answer)
    if left is None or right is None:
        return None
    if (match := PROGRESSION.match(gold)) and not match["whole"]:  # its n may be what the question gave
        return None
    if left.name and right.name and left.name != right.name:
        return False
    whole = lcm(left.modulus, right.modulus)
    return whole <= LARGEST and _spread(left, whole) == _spread(right, whole)


def _spread(residues: Residues, modulus: int) -> set[int]:
    return {value + residues.modulus * turn for value in residues.values for turn in range(modulus // residues.modulus)}


def residues(text: str) -> Residues | None:
    """The remainders that a cleaned text states; None where it states none."""
    if match := PROGRESSION.match(text):
        return _progression(match)
    found: list[Residues] = []
    waiting: list[str] = []
    for part in split_top(text.replace(r"\text{ or }", ",")):
        waiting.append(part)
        if match := LAST_MODULUS.search(part):
            single = _congruence([*waiting[:-1], part[: match.start()]], int(match["modulus"]))
            if single is None:
                return None
            found.append(single)
            waiting = []
    names = {each.name for each in found} - {""}
    moduli = [each.modulus for each in found]
    if waiting or not found or len(names) > 1 or lcm(*moduli) > LARGEST:
        return None
    whole = lcm(*moduli)
    return Residues(next(iter(names), ""), whole, frozenset(value for each in found for value in _spread(each, whole)))


def _congruence(parts: list[str], modulus: int) -> Residues | None:
    names, values = set(), set()
    for part in parts:
        match = NAMED.match(part.strip())
        for value in expand([match["rest"]]) if match else ("?",):
            number = value.replace(" ", "")
            if not modulus or not INTEGER.fullmatch(number):
                return None
            values.add(int(number) % modulus)
        names.add((match["name"] or "") if match else "")
    names -= {""}
    return Residues(next(iter(names), ""), modulus, frozenset(values)) if len(names) < 2 else None


def _progression(match: re.Match[str]) -> Residues | None:
    modulus = int(match["modulus"])
    shifts = [match[name].replace(" ", "") for name in ("first", "last") if match[name]]
    if not modulus or len(shifts) > 1 or match["name"] == match["count"] or not (match["name"] or match["whole"]):
        return None
    return Residues(match["name"] or "", modulus, frozenset({int(shifts[0]) % modulus if shifts else 0}))
