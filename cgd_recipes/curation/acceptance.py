"""The conditions of `generate.accept`: the filters of curation, applied to rows as they are generated."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from cgd_recipes.curation.evaluated import resolved_curation
from cgd_recipes.curation.filters import FILTERS
from cgd_recipes.curation.filters.truth import SHARES as GRADED
from cgd_recipes.curation.protocol import Entry, entry_of
from cgd_recipes.curation.settings import curate_problems
from cgd_recipes.curation.tally import Tally
from cgd_recipes.data.measure import Measure
from cgd_recipes.data.rows import Origin, Row, RowFields
from cgd_recipes.errors import KeyPath, Problem, did_you_mean
from cgd_recipes.files.shipped import data_root
from cgd_recipes.files.yaml import read_yaml
from cgd_recipes.recipe.plan import Plan
from cgd_recipes.reporting.words import with_bounds

_AT = ("generate", "accept")
_OURS = ("require", "budget")
_BY_GRADE = ("refined_right", "verdict_true", "student_wrong")
_DIFFICULTY = "student_accuracy"
Place = TypeVar("Place")


class RowJudge:
    """Judges rows by a recipe's `generate.accept`; see generation's `Judge`.

    Args:
        plan: its recipe generates, and has conditions without a mistake.
    """

    def __init__(self, plan: Plan):
        section, curating = _conditions(plan), _as_curation(plan)
        measure = Measure(
            plan.train["sequence_len"], plan.family.values["characters_per_token"], None, "nothing is rendered yet"
        )
        self._filters = [make(curating, measure) for make in FILTERS.values()]
        self._shares = [share for each in self._filters for share in each.shares]
        self._required = [share for share in self._shares if share.name in section.get("require", [])]
        self._by_grade = any(section.get(key) for key in _BY_GRADE) or any(share in GRADED for share in self._required)
        self._drawn, self._accepted = Tally(), Tally()
        self._last: list[tuple[Entry, str]] = []

    def judge(self, rows: Sequence[RowFields], whole: Sequence[bool]) -> list[str]:
        """Why each row is not taken; empty takes it."""
        entries = [entry_of(Row(dict(fields), Origin(0, number))) for number, fields in enumerate(rows)]
        for each in self._filters:
            each.examine(entries)
        reasons = ["" if is_whole else "not whole" for is_whole in whole]
        for number, entry in enumerate(entries):
            reasons[number] = reasons[number] or self._spoken_against(entry)
        for each in self._filters:
            for number, entry in enumerate(entries):
                if not reasons[number] and (why := each.apply(entry)):
                    reasons[number] = why.rejection.text.removeprefix("curate.")
        self._last = list(zip(entries, reasons, strict=True))
        return reasons

    def _spoken_against(self, entry: Entry) -> str:
        """The first figure of `require` that a row speaks against, or of which it must be and cannot be told."""
        for share in self._required:
            asked = share.asks(entry.facts)
            if share.is_good and not asked:
                return f"require: '{share.name}' cannot be told"
            if asked and share.has(entry.facts) != share.is_good:
                return f"require: it speaks against '{share.name}'"
        return ""

    def count(self, rows: int) -> None:
        """Count the figures of the first rows that were judged last."""
        for entry, reason in self._last[:rows]:
            self._drawn.add(entry)
            if not reason:
                self._accepted.add(entry)

    def figures(self) -> dict[str, dict[str, list[int]]]:
        """Figure -> `drawn` and `accepted` -> rows that have it, and rows that are asked."""
        found: dict[str, dict[str, list[int]]] = {}
        for share in self._shares:
            pair = {"drawn": self._drawn.figure(share), "accepted": self._accepted.figure(share)}
            counted = {when: [figure.hits, figure.total] for when, figure in pair.items() if figure}
            found |= {share.name: counted} if counted else {}
        return found

    def warnings(self) -> list[str]:
        """How much easier the accepted rows are than those that were drawn."""
        share = next(share for share in self._shares if share.name == _DIFFICULTY)
        drawn, accepted = self._drawn.figure(share), self._accepted.figure(share)
        if not self._by_grade or drawn is None or accepted is None:
            return []
        return [
            "accepting by correctness selects questions, mostly easier ones: the student is right on "
            f"{with_bounds(drawn.interval)} % of {drawn.total:,} rows that were drawn, and on "
            f"{with_bounds(accepted.interval)} % of {accepted.total:,} accepted ones"
        ]

    def close(self) -> None:
        """End what the filters started."""
        for each in self._filters:
            each.close()


def judge_of(plan: Plan) -> RowJudge | None:
    """What judges the rows of a recipe that generates; None where it takes them as they come."""
    return RowJudge(plan) if plan.recipe.generate and plan.recipe.generate["accept"] is not None else None


def accept_problems(plan: Plan) -> Iterator[Problem]:
    """Every mistake in `generate.accept` that its schema cannot find."""
    if not plan.recipe.generate or plan.recipe.generate["accept"] is None:
        return
    yield from curate_problems(_as_curation(plan))
    names = [share.name for each in FILTERS.values() for share in each.shares]
    for index, name in enumerate(_conditions(plan).get("require", [])):
        if name not in names:
            hint = did_you_mean(name, names) or f"; there are: {', '.join(names)}"
            yield plan.recipe.problem((*_AT, "require", index), f"no figure '{name}'{hint}")


def resolved_conditions(plan: Plan) -> dict[str, Any] | None:
    """The conditions of a recipe that generates, with the paths of files absolute; None where it has none."""
    if plan.recipe.generate is None or plan.recipe.generate["accept"] is None:
        return None
    section = _conditions(plan)
    if "against" not in section.get("decontaminate", {}):
        return section
    against = resolved_curation(_as_curation(plan).recipe)["decontaminate"]["against"]
    return {**section, "decontaminate": {**section["decontaminate"], "against": against}}


def _conditions(plan: Plan) -> dict[str, Any]:
    section = plan.recipe.generate
    assert section is not None and section["accept"] is not None
    return section["accept"]


def _as_curation(plan: Plan) -> Plan:
    """A plan whose `curate` section is the conditions, with base/curate's defaults, and every value where it was set."""
    recipe = plan.recipe
    own = {key: value for key, value in _conditions(plan).items() if key not in _OURS}
    section = _laid_over(_defaults(), own)
    section["decontaminate"]["matches"] = "drop"
    changed = dataclasses.replace(
        recipe,
        values={**recipe.values, "curate": section},
        origins=_moved(recipe.origins),
        folders=_moved(recipe.folders),
    )
    return dataclasses.replace(plan, recipe=changed)


def _moved(places: Mapping[KeyPath, Place]) -> dict[KeyPath, Place]:
    """Key path -> what is known of it, with the conditions in place of `curate`."""
    others = {path: place for path, place in places.items() if path[0] != "curate"}
    return others | {("curate", *path[len(_AT) :]): place for path, place in places.items() if path[: len(_AT)] == _AT}


@cache
def _defaults() -> dict[str, Any]:
    values: dict[str, Any] = read_yaml(data_root() / "recipes" / "base" / "curate.yaml").value["curate"]
    return values


def _laid_over(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """`over` on `base`, mappings of the same key deep."""
    return {
        key: _laid_over(value, over.get(key, {})) if isinstance(value, dict) and value else over.get(key, value)
        for key, value in base.items()
    }
