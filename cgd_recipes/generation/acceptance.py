"""Exactly N rows: which complete rows are taken, decided in the order of the draw, and how many more must be asked.

Answers come in any order, and a run may be killed and go on. So a row is judged only when all rows before it have come to their
end. The first N of the draw that meet the conditions are taken, whoever answered first.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import islice
from math import ceil
from typing import Any, NamedTuple, Protocol

from cgd_recipes.data.rows import RowFields
from cgd_recipes.errors import RecipeError
from cgd_recipes.generation.flow import Outcome
from cgd_recipes.generation.outcomes import Outcomes
from cgd_recipes.generation.repeats import Repeats
from cgd_recipes.generation.settings import Generation
from cgd_recipes.generation.spending import Budget, Tokens

_AT_ONCE = 256
"""Rows that are judged at once: enough for the grading workers to share."""
_PRIOR = 4
"""So many taken rows are assumed before the first is judged, so that one refused row does not send for twice as many."""


class Judge(Protocol):
    """Says which rows meet the conditions of `generate.accept`."""

    def judge(self, rows: Sequence[RowFields], whole: Sequence[bool]) -> list[str]:
        """Why each row is not taken; empty takes it. Rows come in the order of the draw, each once.

        Args:
            rows: some rows.
            whole: whether each may be taken at all; of the others only the figures are wanted.

        Raises:
            RecipeError: something that it needs is not installed or cannot be read.
        """

    def count(self, rows: int) -> None:
        """So many of the rows that were judged last, from the first on, belong to the result: count their figures."""

    def figures(self) -> dict[str, dict[str, list[int]]]:
        """Figure -> `drawn` and `accepted` -> rows that have it, and rows that are asked."""

    def warnings(self) -> list[str]:
        """What a user should know of the rows that were taken."""

    def close(self) -> None:
        """End what it started."""


class End(Enum):
    """Why no further question was drawn."""

    ACCEPTED = "data.sample rows are accepted"
    SOURCE = "the source has no further rows"
    BUDGET = "the budget is spent"


class Settled(NamedTuple):
    """A row that came to its end, and what it repeats: empty where it repeats nothing."""

    outcome: Outcome
    repeated: str

    @property
    def is_whole(self) -> bool:
        """Whether it may be taken."""
        return not self.outcome.stage and not self.repeated


@dataclass
class Acceptance:
    """Which rows are taken.

    Attributes:
        generation: as loaded.
        outcomes: what became of the rows, as far as it is known.
        judge: of the conditions; None takes every complete row that is drawn.
        rows: how many there are to draw from.
        target: how many are wanted; None for all.
        judged: rows that are decided, from the first of the draw on.
        accepted: those of them that are taken.
        reasons: why rows were not accepted -> how many.
        end: why no more are drawn; None while more may be.
    """

    generation: Generation
    outcomes: Outcomes
    judge: Judge | None
    rows: int
    target: int | None
    judged: int = 0
    accepted: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    end: End | None = None

    def __post_init__(self) -> None:
        self._repeats = Repeats(self.generation.samples)
        self._budget: Budget = self.generation.budget
        self._spent: dict[str, Tokens] = {}
        self._words: list[str] = []
        self._fates = array("l")

    @property
    def is_on(self) -> bool:
        """Whether rows are judged while they are generated."""
        return self.judge is not None

    @property
    def wanted(self) -> int:
        """How many rows from the first of the draw on should be asked, as far as it is known now."""
        if self.judge is None:
            return self.rows
        more = self.rows
        if self.target is not None:
            share = (self.accepted + _PRIOR) / (self.judged + _PRIOR)
            more = ceil((self.target - self.accepted) / share)
        left = self._budget.rows_left(self._spent, self.judged)
        return min(self.rows, self.judged + (more if left is None else min(more, left)))

    def ready(self) -> list[Settled]:
        """The next rows of the draw that came to their end and are not judged yet."""
        found: list[Settled] = []
        if self.judge is None or self.end:
            return found
        while len(found) < _AT_ONCE and (outcome := self.outcomes.get(self.judged + len(found))):
            found.append(Settled(outcome, self._repeats.find(self.judged + len(found), outcome.row)))
        return found

    def examine(self, rows: Sequence[Settled]) -> list[str]:
        """Why each row is not taken. It may run in a thread beside everything else."""
        assert self.judge is not None
        found = self.judge.judge([row.outcome.row for row in rows], [row.is_whole for row in rows])
        return [row.outcome.reason or row.repeated or reason for row, reason in zip(rows, found, strict=True)]

    def settle(self, rows: Sequence[Settled], reasons: Sequence[str]) -> None:
        """Decide rows, until there are enough.

        Args:
            rows: as `ready` gave them.
            reasons: as `examine` gave them.

        Raises:
            RecipeError: none of the first rows is accepted.
        """
        assert self.judge is not None
        taken = 0
        for row, reason in zip(rows, reasons, strict=True):
            spent = self._with(row)
            if not self._budget.holds(spent):
                self.end = End.BUDGET
                break
            self._spent = spent
            taken += 1
            self._decide(row, reason)
            if self.end:
                break
        self.judge.count(taken)

    def _decide(self, row: Settled, reason: str) -> None:
        self.judged += 1
        if not reason:
            self.accepted += 1
        elif not row.outcome.stage:
            self.reasons[reason] += 1
        if reason not in self._words:
            self._words.append(reason)
        self._fates.append(self._words.index(reason))
        if self.accepted == self.target:
            self.end = End.ACCEPTED
        elif self.judged == self.rows:
            self.end = End.SOURCE
        elif not self.accepted and self.judged == self.generation.section["max_failures"]:
            raise self._none_accepted()

    def _with(self, row: Settled) -> dict[str, Tokens]:
        """What was spent, with a row. The teacher's answers on a repeated answer of the student were asked once."""
        spent = dict(self._spent)
        for role, tokens in row.outcome.spent.items():
            if role == "student" or not row.repeated:
                spent[role] = spent.get(role, Tokens()).plus(tokens)
        return spent

    def _none_accepted(self) -> RecipeError:
        reasons = ", ".join(f"{reason} ({count:,})" for reason, count in self.reasons.most_common(3))
        message = (
            f"stopped, because none of the first {self.judged:,} rows is accepted: {reasons or 'all of them failed'}. Every "
            "answer so far is kept: change generate.accept, or set generate.max_failures higher, and run again"
        )
        return RecipeError([self.generation.plan.recipe.problem(("generate", "accept"), message)])

    def decided(self, rows: Iterable[RowFields]) -> Iterable[RowFields]:
        """Of the rows of the draw, those that belong to the result, whatever came of them: all, where none is judged."""
        return islice(rows, self.judged) if self.is_on else rows

    def fate(self, number: int, outcome: Outcome) -> str:
        """Why a complete row is not taken; empty where it is. To be asked in the order of the draw, once for each."""
        return self._words[self._fates[number]] if self.is_on else self._repeats.find(number, outcome.row)

    def as_json(self) -> dict[str, Any]:
        """What came of it, for the manifest; the same however often the run was stopped."""
        return {
            "ended": self.end.value if self.end else None,
            "tokens": {role: tokens._asdict() for role, tokens in sorted(self._spent.items())},
            "figures": self.judge.figures() if self.judge else {},
            "warnings": self.warnings(),
        }

    def warnings(self) -> list[str]:
        """What a user should know of the rows that were taken."""
        return self.judge.warnings() if self.judge else []
