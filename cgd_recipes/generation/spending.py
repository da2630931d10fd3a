"""What rows cost in tokens and money, and the budget that they are held against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor
from typing import NamedTuple

from cgd_recipes.generation.engines.protocol import Completion, Request


class Tokens(NamedTuple):
    """Tokens of some answers.

    Attributes:
        prompt, cached, completion: cached ones are among those of the prompts.
    """

    prompt: int = 0
    cached: int = 0
    completion: int = 0

    def plus(self, other: Tokens) -> Tokens:
        """Both together."""
        return Tokens(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))

    def cost(self, price: Mapping[str, float]) -> float:
        """What they cost at prices per million; cached ones at the prompt's price where they have none."""
        prompt = price.get("prompt", 0.0)
        fresh = self.prompt - self.cached
        completion = self.completion * price.get("completion", 0.0)
        return (fresh * prompt + self.cached * price.get("cached", prompt) + completion) / 1e6


def tokens_of(request: Request, answer: Completion, characters_per_token: float) -> Tokens:
    """Tokens of an answer; those that the engine did not report are estimated, so that no budget is without end."""

    def estimated(characters: int) -> int:
        return round(characters / characters_per_token)

    prompt, completion = answer.prompt_tokens, answer.completion_tokens
    if prompt is None:
        prompt = estimated(sum(len(turn.content) for turn in request.messages))
    if completion is None:
        completion = estimated(len(answer.text) + len(answer.reasoning or ""))
    return Tokens(prompt, answer.cached_tokens or 0, completion)


Spent = Mapping[str, Tokens]
"""Role -> tokens of its answers."""


@dataclass(frozen=True)
class Budget:
    """What may be spent.

    Attributes:
        tokens: of prompts and answers; None for any number.
        cost: money; None for any amount.
        prices: role -> prices per million tokens.
        most_tokens: what the answers to one row can have at most; what a row is taken to cost before any is known.
    """

    tokens: int | None
    cost: float | None
    prices: Mapping[str, Mapping[str, float]]
    most_tokens: int

    def holds(self, spent: Spent) -> bool:
        """Whether so much is within the budget."""
        return all(used <= limit for limit, used in self._limits(spent))

    def rows_left(self, spent: Spent, rows: int) -> int | None:
        """How many further rows can be paid, at least one; None for any number.

        Args:
            spent: for the rows so far.
            rows: how many they are.
        """
        if not rows:
            most = Tokens(completion=self.most_tokens)
            spent, rows = dict.fromkeys(self.prices, most), 1
            left = [limit / used for limit, used in self._limits(spent) if used]
        else:
            left = [(limit - used) * rows / used for limit, used in self._limits(spent) if used]
        return max(1, floor(min(left))) if left else None

    def _limits(self, spent: Spent) -> list[tuple[float, float]]:
        """Limit and what is used of it, for each limit that there is."""
        limits: list[tuple[float, float]] = []
        if self.tokens is not None:
            limits.append((self.tokens, sum(tokens.prompt + tokens.completion for tokens in spent.values())))
        if self.cost is not None:
            limits.append((self.cost, sum(tokens.cost(self.prices[role]) for role, tokens in spent.items())))
        return limits
