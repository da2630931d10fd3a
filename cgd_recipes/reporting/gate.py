"""GO, NO-GO or INCONCLUSIVE: whether a model meets requirements, beyond noise."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

from cgd_recipes.errors import Problem, RecipeError, Where, did_you_mean
from cgd_recipes.reporting.comparison import AVERAGE, Change, Comparison
from cgd_recipes.reporting.statistics.paired import ALPHA

EVERY = "every"
_FORM = re.compile(r"\s*(?P<name>\S+?)\s*>=?\s*(?P<points>[-+]?\d+(\.\d+)?)\s*")


class Answer(Enum):
    """What a gate says, and the exit code for it. 0 to 3 and 130 have meanings of their own; see docs/reporting.md."""

    GO = 0
    NO_GO = 4
    INCONCLUSIVE = 5

    def __str__(self) -> str:
        return self.name.replace("_", "-")


class Requirement(NamedTuple):
    """A model must be better than the baseline by more than so many points.

    Attributes:
        name: a benchmark, AVERAGE, or EVERY for each benchmark.
        points: of percent; below 0 it may be worse by less than so many.
    """

    name: str
    points: float

    def __str__(self) -> str:
        return f"{self.name} > {self.points:g}"


class Decision(NamedTuple):
    """One requirement against one difference."""

    requirement: Requirement
    change: Change
    answer: Answer


def parse_requirements(texts: Sequence[str]) -> list[Requirement]:
    """`average > 0`, `cgd_gsm8k > -1`, `every > -2`; points of percent.

    Raises:
        RecipeError: a text of another form.
    """
    matches = [_FORM.fullmatch(text) for text in texts]
    wrong = [text for text, match in zip(texts, matches, strict=True) if match is None]
    if wrong:
        message = "is no requirement; write a benchmark, 'average' or 'every', then > and points, as in 'average > 0'"
        raise RecipeError(Problem(Where(f"--require {text!r}"), message) for text in wrong)
    return [Requirement(match["name"], float(match["points"])) for match in matches if match]


def decide(comparison: Comparison, requirements: Sequence[Requirement]) -> list[Decision]:
    """Each requirement against the interval of its difference.

    GO: the whole 95 % interval lies above the limit, and for a limit of 0 the paired test agrees (p at most 5 %); with equal
    models that has a chance of at most 2.5 %. NO-GO: the whole interval lies at the limit or below. Else INCONCLUSIVE: the set is too
    small to tell. All requirements must hold together, which needs no correction for their number.

    Raises:
        RecipeError: a requirement on a benchmark that the runs do not share.
    """
    found: list[Decision] = []
    problems: list[Problem] = []
    for requirement in requirements:
        changes = _changes(comparison, requirement)
        if not changes:
            names = [*comparison.by_name, EVERY]
            hint = did_you_mean(requirement.name, names) or f"; there are: {', '.join(names)}"
            message = f"the two runs do not share '{requirement.name}'{hint}"
            problems.append(Problem(Where(f"--require '{requirement}'"), message))
        found += [Decision(requirement, change, _answer(change, requirement.points / 100)) for change in changes]
    if problems:
        raise RecipeError(problems)
    return found


def overall(decisions: Sequence[Decision]) -> Answer:
    """NO-GO if one says so, GO if all do."""
    answers = {decision.answer for decision in decisions}
    if Answer.NO_GO in answers:
        return Answer.NO_GO
    return Answer.GO if answers == {Answer.GO} else Answer.INCONCLUSIVE


def _changes(comparison: Comparison, requirement: Requirement) -> Sequence[Change]:
    if requirement.name == EVERY:
        return comparison.changes
    if requirement.name == AVERAGE and not comparison.average:  # that of a single benchmark is the benchmark
        return comparison.changes
    change = comparison.by_name.get(requirement.name)
    return [change] if change else []


def _answer(change: Change, limit: float) -> Answer:
    interval = change.difference.interval
    if interval.low > limit and (limit != 0 or change.p <= ALPHA):
        return Answer.GO
    return Answer.NO_GO if interval.high <= limit else Answer.INCONCLUSIVE
