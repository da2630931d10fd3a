"""Whether an answer is right where that is plain at once: the same text, or both plain numbers."""

from __future__ import annotations

import re

from cgd_recipes.grading.gold import Gold
from cgd_recipes.grading.notation.clean import AND, OR, clean, key, tidy
from cgd_recipes.grading.notation.number import as_number, same_number
from cgd_recipes.grading.notation.unit import currency, due_unit, unit_name, units_differ

HUNDREDTHS = ({"dollar", "cent"}, {"euro", "eurocent"}, {"pound sterling", "pence"})
# Conditions, and words without a digit.
TOLD_APART = re.compile(r"[<>]|\\(?:le|ge|ne)(?![A-Za-z])|^[^\d=]*$")


# Several words or letters of options, of which "or" would leave open which one it is.
WORDS = re.compile(
    r"(?:\\text\s*\{\s*|\()*(?:[A-J]|[A-Za-z][a-z]{2,})[)}\s]*(?:,[({\s]*(?:\\text\s*\{\s*|\()*(?:[A-J]|[A-Za-z][a-z]{2,})[)}\s]*)+"
)


ASSIGNED = re.compile(rf"(?:^|{OR})[\s$]*(\\?[A-Za-z]\w*)\s*=")
# "(2, 6)", of which "or" would name the one or the other
TUPLE = re.compile(r"\([^()]*,[^()]*\)")


def certain(gold: Gold, answer: str) -> bool | None:
    """Whether an answer is right, where that is plain without math-verify: the same text, or both plain numbers."""
    if gold.text == answer and answer.isdecimal():
        return True  # most right answers of word problems
    due = currency(gold.text) or due_unit(gold.unit)
    if units_differ(due, currency(answer)):
        return None if {currency(answer), unit_name(due)} in HUNDREDTHS else False
    if key(gold.text) == key(answer):
        return True if same_conjunctions(gold.text, answer) else None
    if gold.multiple or gold.unit or gold.kind in ("boolean", "option", "text", "list"):
        return None
    gold_number, number = as_number(clean(gold.text)), as_number(clean(answer))
    return same_number(gold_number, number, gold.tolerance) if gold_number and number else None


def same_conjunctions(gold: str, answer: str) -> bool:
    """Whether "and" in one text is not "or" in the other, where that tells words or conditions apart; in a list of values it does not."""
    left, right = ({AND, OR} & set(tidy(text)) for text in (gold, answer))
    if not left and right == {OR}:
        wanted, several = tidy(gold), len({*ASSIGNED.findall(tidy(answer))}) > 1  # "x = 4 or y = 3"
        if several or WORDS.fullmatch(wanted) or (TUPLE.fullmatch(wanted) and "(" not in answer):
            return False
    return len(left) != 1 or len(right) != 1 or left == right or not TOLD_APART.search(tidy(gold))
