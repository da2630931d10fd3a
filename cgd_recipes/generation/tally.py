"""What a run has done so far, by stage: rows, tokens, failures, time left, cost."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cgd_recipes.generation.engines.protocol import Completion, Request
from cgd_recipes.generation.flow import Answer, Outcome
from cgd_recipes.generation.settings import Generation
from cgd_recipes.generation.spending import Tokens


@dataclass
class StageTally:
    """Counts of one stage.

    Attributes:
        asked: requests that an engine answered, or failed to, in this run.
        asked_again: those for a missing verdict or score; they come on top.
        known: answers that the journal had.
        failed: rows that were set aside at this stage, by reason.
        prompt_tokens, cached_tokens, completion_tokens: of this run, as far as they were reported.
    """

    asked: int = 0
    asked_again: int = 0
    known: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0

    @property
    def done(self) -> int:
        """Answers that are there, of this run and of earlier ones."""
        return self.asked + self.known


class Tally:
    """Watches a run.

    Args:
        generation: as loaded.
        rows: rows to go through.
        show: called after every change; cheap, or it slows the run.
    """

    def __init__(self, generation: Generation, rows: int, show: Callable[[Tally], None] | None = None):
        self.rows, self.settled_rows = rows, 0
        self.stages = {bound.stage.name: StageTally() for bound in generation.stages}
        self._roles = {bound.stage.name: bound.stage.role for bound in generation.stages}
        self._prices = {role: generation.role(role)["price"] for role in generation.endpoints}
        self._show = show
        self._begin = time.monotonic()

    def known(self, request: Request, answer: Answer) -> None:
        """Count an answer that the journal had."""
        if not request.is_follow_up:
            self.stages[request.stage].known += 1

    def answered(self, request: Request, answer: Answer) -> None:
        """Count what an engine gave."""
        stage = self.stages[request.stage]
        if request.is_follow_up:
            stage.asked_again += 1
        else:
            stage.asked += 1
        if isinstance(answer, Completion):
            stage.prompt_tokens += answer.prompt_tokens or 0
            stage.cached_tokens += answer.cached_tokens or 0
            stage.completion_tokens += answer.completion_tokens or 0
        if self._show:
            self._show(self)

    def retried(self, failed: Outcome) -> None:
        """What the journal had of a stage is asked for again."""
        if failed.stage:
            self.stages[failed.stage].known -= 1

    def expected(self, rows: int) -> None:
        """So many rows will be gone through, as far as it is known."""
        self.rows = rows

    def settled(self, outcome: Outcome) -> None:
        """Count a row that came to its end."""
        self.settled_rows += 1
        if outcome.stage:
            self.stages[outcome.stage].failed[outcome.reason] += 1
        if self._show:
            self._show(self)

    @property
    def seconds(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self._begin

    def seconds_left(self) -> float | None:
        """Seconds to go, if the calls that are left take as long as those of this run did; None before the first."""
        asked = sum(stage.asked for stage in self.stages.values())
        failed = sum(stage.failed.total() for stage in self.stages.values())
        left = sum(max(0, self.rows - failed - stage.done) for stage in self.stages.values())
        return left * self.seconds / asked if asked else None

    def cost(self) -> float | None:
        """What the calls of this run cost; None where the recipe names no prices."""
        total, priced = 0.0, False
        for name, stage in self.stages.items():
            price = self._prices[self._roles[name]]
            priced = priced or bool(price)
            total += Tokens(stage.prompt_tokens, stage.cached_tokens, stage.completion_tokens).cost(price)
        return total if priced else None

    def as_json(self) -> dict[str, Any]:
        """Counts for machines."""
        stages = {
            name: {
                "answers": stage.done,
                "asked": stage.asked,
                "asked_again": stage.asked_again,
                "failed": dict(sorted(stage.failed.items())),
                "prompt_tokens": stage.prompt_tokens,
                "cached_tokens": stage.cached_tokens,
                "completion_tokens": stage.completion_tokens,
            }
            for name, stage in self.stages.items()
        }
        return {"seconds": round(self.seconds, 3), "cost": self.cost(), "stages": stages}
