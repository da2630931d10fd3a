"""Whether two answers of several values are the same: lists, tuples, sets, unions, vectors, matrices."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cgd_recipes.grading.notation.clean import key
from cgd_recipes.grading.notation.number import as_number
from cgd_recipes.grading.notation.structure import (
    MATRIX_ROWS,
    MAX_ITEMS,
    SET,
    UNION,
    Group,
    interval_of,
    shape,
    spaced_items,
    split_top,
)
from cgd_recipes.grading.notation.unit import split_unit, unit_name, units_differ
from cgd_recipes.grading.values.measure import measure, same_measure
from cgd_recipes.grading.values.single import Rule, same_single
from cgd_recipes.grading.values.variants import NAMED, in_order_of_names, round_brackets
from cgd_recipes.grading.values.vector import padded, transposed, vector_of

DECIMAL, EXACT = re.compile(r"-?\d*\.\d+|-?[\d.]+\s*\\?%"), re.compile(r"/|\\frac|\\sqrt")
LETTER = re.compile("[A-Z]")


def same_list(left: Group | str, right: Group | str, rule: Rule) -> bool | None:
    """Whether two lists have the same items in the same order, in whatever brackets."""
    right = in_order_of_names(right)
    gold, answer = (in_a_row(each) if isinstance(each, Group) else (each.strip("()[]"),) for each in (left, right))
    return same_items(gold, answer, rule)


def in_a_row(group: Group) -> tuple[str, ...]:
    """The items of a group; the cells of a matrix of one row."""
    return (
        tuple(split_top(group.items[0], "&"))
        if group.brackets == MATRIX_ROWS and len(group.items) == 1
        else group.items
    )


def same_shape(left: Group | str, right: Group | str, text: str, rule: Rule) -> bool | None:
    """Whether two answers have the same shape and the same values.

    Args:
        left: the gold answer.
        right: the answer.
        text: the answer before it was taken apart.
        rule: see Rule.
    """
    left, right = (transposed(each) or each if isinstance(each, str) else each for each in (left, right))
    if (same := same_vector(left, right, rule)) is not None:
        return same
    if isinstance(left, str) and isinstance(right, str):
        return same_single(left, right, rule)
    if isinstance(left, Group) and len(left.brackets) == 2 and isinstance(right, str):
        right = interval_of(right) or right
    if isinstance(right, Group) and len(right.brackets) == 2 and isinstance(left, str):
        left = interval_of(left) or left
    if isinstance(left, str) and isinstance(right, Group) and right.brackets == SET and len(right.items) == 1:
        return same_nested(left, right.items[0], rule)
    left, right = round_brackets(*(in_order_of_names(each) for each in (left, right)))
    if not isinstance(left, Group) or not isinstance(right, Group):
        return same_as_matrix(left, right, rule)
    if left.brackets == right.brackets and left.ordered:
        return same_items(left.items, right.items, rule)
    if left.brackets == UNION and right.brackets == "" and all(interval_of(item) for item in right.items):
        right = right._replace(brackets=UNION)  # x < 2 or x > 3
    if {left.brackets, right.brackets} == {"()", NAMED} or (left.brackets == "()" and right.brackets == ""):
        return same_items(left.items, right.items, rule)
    left, right = (each._replace(brackets="") if each.brackets == NAMED else each for each in (left, right))
    if left.brackets == "" and is_in_order(left.items):
        return same_items(left.items, right.items, rule)
    if left.ordered or right.ordered or (UNION in (left.brackets + right.brackets) and left.brackets != right.brackets):
        return False
    items = list(right.items)
    if len(items) != len(left.items) and right.brackets == "":
        items = spaced_items(text) or items
    return same_in_any_order(left.items, items, rule)


def is_in_order(items: tuple[str, ...]) -> bool:
    """Whether a bare list can only be what a question names and asks to put in order.

    Sets of solutions do not have decimals beside fractions, and letters of options follow the alphabet.
    """
    mixed = any(DECIMAL.fullmatch(item) for item in items) and any(EXACT.search(item) for item in items)
    return mixed or (all(LETTER.fullmatch(item) for item in items) and list(items) != sorted(items))


def same_vector(left: Group | str, right: Group | str, rule: Rule) -> bool | None:
    """Whether two vectors are the same, at least one of them in another dress than a tuple; None where there is none."""
    vectors = [vector_of(each) if isinstance(each, str) else as_vector(each) for each in (left, right)]
    if (
        vectors[0] is None
        or vectors[1] is None
        or (isinstance(left, Group) and left == vectors[0] and right == vectors[1])
    ):
        return None
    gold, answer = padded(vectors[0], vectors[1])
    return same_items(gold, answer, rule)


def as_vector(group: Group) -> Group | None:
    """A tuple, or a matrix of one column, as a vector."""
    if group.brackets == MATRIX_ROWS and len(group.items) > 1 and not any("&" in row for row in group.items):
        return Group("()", group.items)
    return group if group.brackets == "()" else None


def same_as_matrix(left: Group | str, right: Group | str, rule: Rule) -> bool | None:
    """Whether a matrix and an expression that gives a matrix are the same; the parser multiplies them out."""
    texts = [each if isinstance(each, str) else matrix_text(each) for each in (left, right)]
    if None in texts or not any(
        "matrix" in str(text) or (isinstance(text, str) and r"\begin" in text) for text in texts
    ):
        return False
    from cgd_recipes.grading.values.symbolic import same_value

    return same_value(str(texts[0]), str(texts[1]))


def matrix_text(group: Group) -> str | None:
    """The LaTeX of a matrix; None for any other group."""
    if group.brackets != MATRIX_ROWS:
        return None
    return r"\begin{pmatrix}" + "↵".join(group.items) + r"\end{pmatrix}"


def same_items(gold: tuple[str, ...], answer: tuple[str, ...], rule: Rule) -> bool | None:
    """Whether two sequences have the same items in the same order."""
    if len(gold) != len(answer):
        return False
    return every(same_nested(wanted, given, rule) for wanted, given in zip(gold, answer, strict=True))


def every(verdicts: Iterable[bool | None]) -> bool | None:
    """False where one verdict is, None where one is and none is False, else True."""
    unread = False
    for verdict in verdicts:
        if verdict is False:
            return False
        unread = unread or verdict is None
    return None if unread else True


def same_in_any_order(gold: tuple[str, ...], answer: list[str], rule: Rule) -> bool | None:
    """Whether two collections have the same items, each as often."""
    if len(gold) != len(answer) or len(gold) > MAX_ITEMS:
        return False
    left = list(answer)
    for wanted in gold:
        found = next((given for given in left if same_nested(wanted, given, rule)), None)
        if found is None:
            return False
        left.remove(found)
    return True


def same_nested(gold: str, answer: str, rule: Rule) -> bool | None:
    """Whether two items of a list are the same; they may be tuples, intervals or rows of a matrix."""
    if key(gold) == key(answer):
        return True
    cells, given_cells = (tuple(split_top(text, "&")) for text in (gold, answer))
    if len(cells) > 1 or len(given_cells) > 1:
        return same_items(cells, given_cells, rule)
    if quantity := measure(gold, None):  # `6 m`, whose letter may be a name where it stands alone
        if same_measure(gold, answer, None, (None, None), rule.tolerance):
            return True
        given = as_number(answer)
        if given and quantity.value and given.value == quantity.value.value and gold[-2:].isalpha():
            return True
    answer, given_unit = split_unit(answer)
    gold, unit = split_unit(gold)
    if units_differ(unit, given_unit):
        return False
    percents = [text + "%" if unit_name(name) == "%" else text for text, name in ((gold, unit), (answer, given_unit))]
    return same_shape(shape(percents[0]), shape(percents[1]), answer, rule)
