"""How long an example is in tokens: counted with the student's tokenizer, or estimated."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from cgd_recipes.data.chat import Chat
from cgd_recipes.data.shapes import Messages, Shape
from cgd_recipes.recipe.plan import Plan
from cgd_recipes.trainers.protocol import Config
from cgd_recipes.trainers.registry import trainer_of

ESTIMATE_MARGIN = 2
"""An example whose estimate is over this many times `sequence_len` is too long whatever its text: families estimate 2.6
to 3 characters per token, English prose has about 4.5, and no sample row has 4.6."""
_TOKENS_PER_MESSAGE = 5  # that a chat template puts around it, estimated


@dataclass(frozen=True)
class Measure:
    """Measures examples.

    Attributes:
        limit: longest example that the trainer takes, in tokens.
        characters_per_token: what the estimate divides by.
        chat: counts exactly; None where lengths are estimated.
        reason: why they are estimated.
    """

    limit: int
    characters_per_token: float
    chat: Chat | None
    reason: str = ""

    @property
    def how(self) -> str:
        """`exact` or `estimated`."""
        return "exact" if self.chat else "estimated"

    @property
    def basis(self) -> str:
        """How lengths are found, in words."""
        if self.chat:
            return "counted with the student's tokenizer and chat template"
        return f"estimated at {self.characters_per_token:g} characters per token, because {self.reason}"

    def examples(self, records: Sequence[Mapping[str, Any]], shape: Shape) -> list[tuple[int, ...]]:
        """Tokens of every example: of each of its conversations.

        Raises:
            RecipeError: the student's chat template fails.
        """
        groups = [list(shape.conversations(record).values()) for record in records]
        if self.chat is None:
            return [tuple(map(self._estimate, group)) for group in groups]
        flat = iter(self.chat.count([conversation for group in groups for conversation in group]))
        return [tuple(islice(flat, len(group))) for group in groups]

    def _estimate(self, messages: Messages) -> int:
        characters = sum([len(message["content"]) for message in messages])
        return math.ceil(characters / self.characters_per_token) + _TOKENS_PER_MESSAGE * len(messages)

    def rejects(self, tokens: int) -> bool:
        """Whether an example of this length is left out: over the limit, or, of an estimate, surely so."""
        return tokens > (self.limit if self.chat else ESTIMATE_MARGIN * self.limit)


def make_measure(plan: Plan, config: Config, chat: Chat | str) -> Measure:
    """Lengths as the trainer of a plan counts them, or an estimate where the tokenizer is not at hand.

    Args:
        plan: the plan.
        config: its trainer config.
        chat: what `load_chat` gave.
    """
    limit = trainer_of(plan).sequence_limit(config)
    known = (None, chat) if isinstance(chat, str) else (chat, "")
    return Measure(limit or plan.train["sequence_len"], plan.family.values["characters_per_token"], *known)
