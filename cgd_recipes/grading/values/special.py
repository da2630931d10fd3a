"""Answers that are no plain values: huge powers, congruences, functions by cases, products of matrices, quantities in other units."""

from __future__ import annotations

from cgd_recipes.grading.gold import Gold
from cgd_recipes.grading.notation.clean import clean
from cgd_recipes.grading.notation.residue import same_residues
from cgd_recipes.grading.notation.unit import currency
from cgd_recipes.grading.values.huge import same_power
from cgd_recipes.grading.values.measure import same_measure
from cgd_recipes.grading.values.piecewise import same_piecewise
from cgd_recipes.grading.values.transposed import same_order


def same_special(gold: Gold, answer: str, gold_text: str, text: str) -> bool | None:
    """Whether two cleaned texts, of one of the kinds that are no plain values, are the same; None where they are of none."""
    for same in (same_power, same_residues, same_piecewise, same_order):
        if (verdict := same(gold_text, text)) is not None:
            return verdict
    signs = currency(gold.text), currency(answer)
    return same_measure(gold_text, text, clean(gold.unit) if gold.unit else None, signs, gold.tolerance)
