"""Lists of numbers in the unit that a question asks for, [51.2, 78.15] in mW, whose items have units in an answer: 0.0512 W, 0.07815 W."""

from __future__ import annotations

from cgd_recipes.grading.gold import Gold
from cgd_recipes.grading.notation.clean import clean
from cgd_recipes.grading.notation.number import as_number
from cgd_recipes.grading.notation.structure import enclosed, split_top
from cgd_recipes.grading.notation.unit import composition, plain_unit, split_unit, without_words
from cgd_recipes.grading.values.measure import base_units

MAX_ITEMS = 20


def unit_of_items(gold: Gold, answer: str) -> str | None:
    """A unit of an answer's items, all of one dimension, or behind all of them; None where the gold answer is no list of plain numbers."""
    wanted = _items(clean(gold.text))[1]
    if not 1 < len(wanted) <= MAX_ITEMS or not all(map(as_number, wanted)):
        return None
    listed, behind = split_unit(clean(answer))
    found = {_unit(item) or behind for item in _items(listed if behind else clean(answer))[1]}
    units = sorted(unit for unit in found if unit)
    sizes = {size[1] if (size := base_units(unit)) else None for unit in units}
    return units[0] if len(sizes) == 1 and None not in sizes else None


def with_unit_of_items(gold: Gold, unit: str) -> Gold:
    """A list of numbers with a unit at each of them."""
    brackets, items = _items(clean(gold.text))
    listed = ", ".join(rf"{item} \text{{ {plain_unit(unit)} }}" for item in items)
    return gold._replace(text=f"{brackets[:1]}{listed}{brackets[1:]}", unit=unit)


def _items(text: str) -> tuple[str, list[str]]:
    """The brackets around a list, "" for none, and its items."""
    whole = enclosed(text)
    return (whole[0], split_top(whole[1])) if whole else ("", split_top(text))


def _unit(item: str) -> str | None:
    found = split_unit(item)[1] or without_words(item, None)[1]
    return found if found and composition(found) else None
