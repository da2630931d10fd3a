"""The strict grader: no rounding, no factor of a hundred, nothing accepted that was cut off."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cgd_recipes.grading.clean import clean, key
from cgd_recipes.grading.extract import boxes, extract_answer
from cgd_recipes.grading.gold import Gold, Grade, faulty, judged
from cgd_recipes.grading.number import as_number, same_number
from cgd_recipes.grading.single import Rule, same_single
from cgd_recipes.grading.structure import (
    MAX_ITEMS,
    SET,
    UNION,
    Group,
    interval_of,
    shape,
    spaced_items,
    split_top,
    too_deep,
)
from cgd_recipes.grading.text import kind_of, option, truth, words
from cgd_recipes.grading.unit import split_unit, unit_name, units_differ, without_words

# Longer answers are left to a process that can be ended.
QUICK_LENGTH = 300
LABEL = re.compile(r"^\\text\s*\{[^{}]*(?:\bis|\bare|[:=])\s*\}\s*(?=\S)")


def grade_strict(gold: Gold, response: str) -> Grade:
    """Grade a response by its final answer.

    Raises:
        ModuleNotFoundError: the answer is no plain number, list or word, and math-verify is not installed.
    """
    quick = settled(gold, response)
    return quick if isinstance(quick, Grade) else judged(quick, same_answer(gold, quick))


def settled(gold: Gold, response: str) -> Grade | str:
    """The grade of a response where it is plain at once, else its final answer, which needs a closer look."""
    answer, fault = extract_answer(response)
    if fault:
        return faulty(answer, fault)
    if len(answer) <= QUICK_LENGTH and (plain := certain(gold, answer)) is not None:
        return judged(answer, plain)
    return answer


def certain(gold: Gold, answer: str) -> bool | None:
    """Whether an answer is right, where that is plain without math-verify: the same text, or both plain numbers."""
    if key(gold.text) == key(answer):
        return True
    if gold.multiple or gold.unit or gold.kind in ("boolean", "option", "text", "list"):
        return None
    ours, theirs = as_number(clean(gold.text)), as_number(clean(answer))
    return same_number(ours, theirs, gold.tolerance) if ours and theirs else None


def same_answer(gold: Gold, answer: str) -> bool | None:
    """Whether an answer is the gold answer; None where the answer cannot be read."""
    for _, _, inner in boxes(gold.text)[-1:]:
        gold = gold._replace(text=inner or gold.text)
    if too_deep(answer):
        return None
    if (plain := certain(gold, answer)) is not None:
        return plain
    kind = kind_of(gold.text) if gold.kind == "auto" else gold.kind
    if kind == "boolean":
        return truth(gold.text) is not None and truth(gold.text) == truth(answer)
    if kind == "option":
        return option(gold.text) is not None and option(gold.text) == option(answer)
    if kind == "text":
        return words(gold.text) == words(answer)
    return same_quantity(gold, answer, kind)


def same_quantity(gold: Gold, answer: str, kind: str) -> bool | None:
    """Whether an answer that is no word is the gold answer."""
    ours, unit = split_unit(clean(gold.text))
    theirs, their_unit = split_unit(LABEL.sub("", clean(answer)))
    due = clean(gold.unit) if gold.unit else unit
    if units_differ(due, their_unit):
        return False
    rule = Rule(gold.tolerance, unit_name(due) == "%")
    # A percent sign is no unit: 10% is 0.1.
    ours, theirs = (
        text + "%" if unit_name(name) == "%" else text for text, name in ((ours, unit), (theirs, their_unit))
    )
    if as_number(ours.rstrip("%")) and not their_unit:
        theirs = without_words(theirs)
    left = shape(ours, listed=gold.multiple or kind == "list", lone_name=kind == "interval")
    right = shape(theirs, listed=isinstance(left, Group), lone_name=kind == "interval")
    if kind == "list":
        return same_list(left, right, rule)
    return same_shape(left, right, theirs, rule)


def same_list(left: Group | str, right: Group | str, rule: Rule) -> bool | None:
    """Whether two lists have the same items in the same order, in whatever brackets."""
    ours, theirs = (one.items if isinstance(one, Group) else (one.strip("()[]"),) for one in (left, right))
    return same_items(ours, theirs, rule)


def same_shape(left: Group | str, right: Group | str, text: str, rule: Rule) -> bool | None:
    """Whether two answers have the same shape and the same values.

    Args:
        left: the gold answer.
        right: the answer.
        text: the answer before it was taken apart.
        rule: see Rule.
    """
    if isinstance(left, str) and isinstance(right, str):
        return same_single(left, right, rule)
    if isinstance(left, Group) and len(left.brackets) == 2 and isinstance(right, str):
        right = interval_of(right) or right
    if isinstance(right, Group) and len(right.brackets) == 2 and isinstance(left, str):
        left = interval_of(left) or left
    if isinstance(left, str) and isinstance(right, Group) and right.brackets == SET and len(right.items) == 1:
        return same_nested(left, right.items[0], rule)
    if not isinstance(left, Group) or not isinstance(right, Group):
        return False
    if left.brackets == right.brackets and left.ordered:
        return same_items(left.items, right.items, rule)
    if left.brackets == UNION and right.brackets == "" and all(interval_of(item) for item in right.items):
        right = right._replace(brackets=UNION)  # x < 2 or x > 3
    if left.brackets == "()" and right.brackets == "":
        return same_items(left.items, right.items, rule)
    if left.ordered or right.ordered or (UNION in (left.brackets + right.brackets) and left.brackets != right.brackets):
        return False
    items = list(right.items)
    if len(items) != len(left.items) and right.brackets == "":
        items = spaced_items(text) or items
    return same_in_any_order(left.items, items, rule)


def same_items(ours: tuple[str, ...], theirs: tuple[str, ...], rule: Rule) -> bool | None:
    """Whether two sequences have the same items in the same order."""
    if len(ours) != len(theirs):
        return False
    return every(same_nested(mine, yours, rule) for mine, yours in zip(ours, theirs, strict=True))


def every(verdicts: Iterable[bool | None]) -> bool | None:
    """False where one verdict is, None where one is and none is False, else True."""
    unread = False
    for verdict in verdicts:
        if verdict is False:
            return False
        unread = unread or verdict is None
    return None if unread else True


def same_in_any_order(ours: tuple[str, ...], theirs: list[str], rule: Rule) -> bool | None:
    """Whether two collections have the same items, each as often."""
    if len(ours) != len(theirs) or len(ours) > MAX_ITEMS:
        return False
    left = list(theirs)
    for mine in ours:
        found = next((yours for yours in left if same_nested(mine, yours, rule)), None)
        if found is None:
            return False
        left.remove(found)
    return True


def same_nested(ours: str, theirs: str, rule: Rule) -> bool | None:
    """Whether two items of a list are the same; they may be tuples, intervals or rows of a matrix."""
    if key(ours) == key(theirs):
        return True
    if "&" in ours or "&" in theirs:
        return same_items(tuple(split_top(ours, "&")), tuple(split_top(theirs, "&")), rule)
    theirs, their_unit = split_unit(theirs)
    ours, unit = split_unit(ours)
    if units_differ(unit, their_unit):
        return False
    percents = [text + "%" if unit_name(name) == "%" else text for text, name in ((ours, unit), (theirs, their_unit))]
    return same_shape(shape(percents[0]), shape(percents[1]), theirs, rule)
