"""What a run of generation keeps and counts, whoever drives it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from cgd_recipes.data.rows import RowFields as Row
from cgd_recipes.errors import RecipeError
from cgd_recipes.generation.acceptance import Acceptance, Settled
from cgd_recipes.generation.engines.protocol import Completion, Request
from cgd_recipes.generation.flow import Answer, Flow, Outcome, flow
from cgd_recipes.generation.journal import Journal
from cgd_recipes.generation.outcomes import Outcomes
from cgd_recipes.generation.settings import Generation


class Watch(Protocol):
    """What wants to know how a run goes on."""

    def known(self, request: Request, answer: Answer) -> None:
        """The journal has an answer already."""

    def answered(self, request: Request, answer: Answer) -> None:
        """An engine answered, or failed to."""

    def retried(self, failed: Outcome) -> None:
        """What the journal has of a stage is asked for again, because it could not be used."""

    def expected(self, rows: int) -> None:
        """So many rows will be gone through, as far as it is known."""

    def settled(self, outcome: Outcome) -> None:
        """A row came to its end, or was set aside; told once for every row."""


@dataclass
class Recorder:
    """What the drivers share.

    Attributes:
        generation: as loaded.
        journal: where every answer goes.
        watch: told of everything.
        acceptance: which rows are taken, and so how many are asked for.
        retry_failed: whether what failed in earlier runs is asked for again.
    """

    generation: Generation
    journal: Journal
    watch: Watch
    acceptance: Acceptance
    retry_failed: bool = False
    _streaks: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    _retried: set[str] = field(default_factory=set)

    @property
    def outcomes(self) -> Outcomes:
        """What became of the rows."""
        return self.acceptance.outcomes

    def flow(self, row: Row) -> Flow:
        """A row's way through its stages."""
        return flow(self.generation, row, self._retry)

    def _retry(self, failed: Outcome) -> bool:
        """Whether a failure is one of an earlier run that is asked for again, which it is once."""
        if not self.retry_failed or not failed.keys or failed.keys[-1] in self._retried:
            return False
        if not self.journal.is_of_earlier_run(failed.keys[-1]):
            return False
        self._retried.update(failed.keys)
        self.journal.ask_again(failed.keys)
        self.watch.retried(failed)
        return True

    def record_answer(self, request: Request, answer: Answer) -> Answer:
        """Put what an engine gave into the journal. Returns what the journal has now: a failure replaces no answer."""
        self.watch.answered(request, answer)
        if isinstance(answer, Completion):
            self.journal.put(request, answer)
            return answer
        self.journal.fail(request, answer)
        return self.journal.get(request.key) or answer

    def record_outcome(self, number: int, outcome: Outcome) -> None:
        """Note what became of a row, the first time that it is known."""
        if number in self.outcomes:
            return
        self.outcomes.put(number, outcome)
        if outcome.keys:
            self.journal.mark(outcome.keys[-1], outcome.reason)
        self.watch.settled(outcome)

    def decide(self, rows: Sequence[Settled], reasons: Sequence[str]) -> None:
        """Decide which rows are taken, and so how many are asked for.

        Raises:
            RecipeError: none of the first rows is accepted.
        """
        self.acceptance.settle(rows, reasons)
        self.watch.expected(self.acceptance.wanted)

    def count_failures(self, stage: str, step: Request | Outcome) -> None:
        """Count what came of an answer to a stage: the row's failure there, or its going on.

        Args:
            stage: which stage was answered.
            step: what the row did then. Asking the same stage once more decides nothing yet.

        Raises:
            RecipeError: too many failures at this stage, with no success between them.
        """
        if isinstance(step, Request):
            if step.stage != stage:
                self._streaks[stage].clear()
        elif step.stage == stage:
            self._count_failure(stage, step)
        else:
            self._streaks[stage].clear()

    def _count_failure(self, stage: str, outcome: Outcome) -> None:
        streak = self._streaks[stage]
        streak[outcome.reason] += 1
        if streak.total() < self.generation.section["max_failures"]:
            return
        reasons = ", ".join(f"{reason} ({count:,})" for reason, count in streak.most_common(3))
        message = (
            f"stopped, because stage '{stage}' failed {streak.total():,} times with no success between them: {reasons}"
            f"{'; the last: ' + outcome.detail if outcome.detail else ''}. Every answer so far is kept: fix the cause, then "
            "run again with --retry-failed"
        )
        raise RecipeError([self.generation.plan.recipe.problem(("generate", "max_failures"), message)])
