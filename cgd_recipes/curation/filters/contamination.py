"""Contamination: questions that the model will be evaluated on."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any, ClassVar

from cgd_recipes.curation.evaluated import AGAINST, evaluated_questions
from cgd_recipes.curation.overlap import Index, Match, Thresholds
from cgd_recipes.curation.protocol import Entry, Filter, Share, because
from cgd_recipes.data.filters.protocol import Drop
from cgd_recipes.data.measure import Measure
from cgd_recipes.errors import RecipeError
from cgd_recipes.recipe.plan import Plan

LISTING = "contamination.jsonl"
SHARES = (
    Share("contamination", "questions that are evaluated on", {"contaminated": ["yes", "no"]}, {"contaminated": ["yes"]}, False),
)  # fmt: skip
_INSTALL = "comparing questions needs the package 'rapidfuzz'; run: pip install 'cgd-recipes[curate]'"


class Contamination(Filter):
    """Finds, lists and drops questions of `curate.decontaminate.against`."""

    reads = frozenset(["question"])
    shares: ClassVar[tuple[Share, ...]] = SHARES

    def __init__(self, plan: Plan, measure: Measure):
        section = plan.recipe.curate["decontaminate"]
        self._recipe, self._section = plan.recipe, section
        self.drops = bool(section["against"]) and section["matches"] == "drop"
        self._index: Index | None = None

    def examine(self, entries: Sequence[Entry]) -> None:
        """Look the questions up."""
        if not self._section["against"]:
            return
        index = self._index = self._index or self._load()
        for entry in entries:
            question = entry.row.fields["question"]
            found = index.matches(question)
            entry.facts["contaminated"] = "yes" if found else "no"
            if found:
                entry.notes["contamination"] = listed = [_listed(match) for match in found]
                entry.listed[LISTING] = [{"id": entry.row.id, **match, "question": question} for match in listed]

    def _load(self) -> Index:
        section = self._section
        thresholds = Thresholds(section["threshold"], section["short_threshold"], section["reworded_threshold"])
        try:
            return Index(evaluated_questions(self._recipe), thresholds)
        except ModuleNotFoundError:
            raise RecipeError([self._recipe.problem(AGAINST, _INSTALL)]) from None

    def apply(self, entry: Entry) -> Drop | None:
        """Drop a question that is evaluated on."""
        if self.drops and entry.facts.get("contaminated") == "yes":
            source = entry.notes["contamination"][0]["source"]
            return because(f"curate.decontaminate: the question is one of {source}")
        return None

    def inputs(self) -> dict[str, Any]:
        """How many questions were compared with, and their hash."""
        if self._index is None:
            return {}
        return {
            "evaluated_questions": len(self._index),
            "evaluated_sha256": self._index.sha256,
            "rapidfuzz": version("rapidfuzz"),
        }


def _listed(match: Match) -> dict[str, str | float | bool]:
    return {
        "source": match.question.source,
        "source_id": match.question.id,
        "score": round(match.score, 3),
        "overlap": round(match.overlap, 3),
        "similarity": round(match.similarity, 3),
        "words": round(match.words, 3),
        "same_numbers": match.same_numbers,
        "evaluated": match.question.text,
    }
