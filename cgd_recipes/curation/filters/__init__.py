"""What is looked at in rows, in this order. Add a filter: a module with a class (see curation/protocol.py), and its line here."""

from __future__ import annotations

from cgd_recipes.curation.filters.contamination import Contamination
from cgd_recipes.curation.filters.leakage import Leakage
from cgd_recipes.curation.filters.quality import Quality
from cgd_recipes.curation.filters.repetition import Repetition
from cgd_recipes.curation.filters.shape import Shape
from cgd_recipes.curation.filters.truth import Truth
from cgd_recipes.curation.protocol import Filter

FILTERS: dict[str, type[Filter]] = {
    "truth": Truth,
    "leakage": Leakage,
    "quality": Quality,
    "shape": Shape,
    "contamination": Contamination,
    "repetition": Repetition,
}
"""They take a plan whose recipe has a `curate` section, and what measures its examples. Each drops of the rows that those before
it keep; so what compares rows with each other comes last."""
