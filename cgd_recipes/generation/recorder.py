"""What a run of generation keeps and counts, whoever drives it."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Protocol

from cgd_recipes.errors import RecipeError
from cgd_recipes.generation.engines.protocol import Completion, Request
from cgd_recipes.generation.flow import Answer, Outcome
from cgd_recipes.generation.journal import Journal
from cgd_recipes.generation.settings import Generation


class Watch(Protocol):
    """What wants to know how a run goes on."""

    def known(self, request: Request, answer: Answer) -> None:
        """The journal has an answer already."""

    def answered(self, request: Request, answer: Answer) -> None:
        """An engine answered, or failed to."""

    def settled(self, outcome: Outcome) -> None:
        """A row came to its end, or was set aside; told once for every row."""


@dataclass
class Recorder:
    """What the drivers share.

    Attributes:
        generation: as loaded.
        journal: where every answer goes.
        watch: told of everything.
    """

    generation: Generation
    journal: Journal
    watch: Watch
    _streaks: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    _settled: bytearray = field(default_factory=bytearray)

    def record_answer(self, request: Request, answer: Answer) -> None:
        """Put what an engine gave into the journal."""
        if isinstance(answer, Completion):
            self.journal.put(request, answer)
        else:
            self.journal.fail(request, answer)
        self.watch.answered(request, answer)

    def record_outcome(self, number: int, outcome: Outcome) -> None:
        """Note what became of a row, the first time that it is known."""
        if number >= len(self._settled):
            self._settled.extend(bytes(number + 1 - len(self._settled)))
        if self._settled[number]:
            return
        self._settled[number] = 1
        if outcome.keys:
            self.journal.mark(outcome.keys[-1], outcome.reason)
        self.watch.settled(outcome)

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
            f"{'; the last: ' + outcome.detail if outcome.detail else ''}. Every answer so far is kept: mend the cause, then "
            "run again with --retry-failed"
        )
        raise RecipeError([self.generation.plan.recipe.problem(("generate", "max_failures"), message)])
