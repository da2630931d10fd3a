"""Lengths of examples in tokens: counted with the student's tokenizer, or estimated; and the rows that are too long."""

from __future__ import annotations

import dataclasses
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, tee
from pathlib import Path
from typing import Any

from cgd_recipes.data.chat import Chat, Messages, load_chat
from cgd_recipes.data.draw import PLACE, RENDERS_NOTHING, Counts, Rejects, listed_in
from cgd_recipes.data.examples import Example, examples
from cgd_recipes.data.rows import Row
from cgd_recipes.errors import RecipeError
from cgd_recipes.recipe.method import shipped_method
from cgd_recipes.recipe.plan import Plan
from cgd_recipes.trainers.protocol import Config
from cgd_recipes.trainers.registry import trainer_of

TOO_LONG = "longer than sequence_len"
SURELY = 2
"""An example whose estimate is over this many times `sequence_len` is too long whatever its text: families estimate 2.6
to 3 characters per token, English prose has about 4.5, and no sample row has 4.6."""
BINS = tuple(128 << power for power in range(9))
"""Upper bounds of the histogram's bins, in tokens; one more bin holds the rest."""
_TURN = 5  # tokens that a chat template puts around a message, estimated
_BATCH = 32  # examples counted at once: enough for all cores to share, few enough to keep memory flat
_NAMED = 3


@dataclass
class Lengths:
    """How long examples are, and which were too long.

    Attributes:
        limit: longest example that the trainer takes, in tokens.
        characters_per_token: what the estimate divides by.
        chat: counts exactly; None where lengths are estimated.
        reason: why they are estimated.
        counted: length in tokens -> examples written.
        too_long: rows left out for their length.
        ids: the first of them.
        longest: the longest of them, in tokens.
    """

    limit: int
    characters_per_token: float
    chat: Chat | None
    reason: str = ""
    counted: Counter[int] = field(default_factory=Counter)
    too_long: int = 0
    ids: list[str] = field(default_factory=list)
    longest: int = 0

    @property
    def how(self) -> str:
        """`exact` or `estimated`."""
        return "exact" if self.chat else "estimated"

    @property
    def basis(self) -> str:
        """How lengths were found, in words."""
        if self.chat:
            return "counted with the student's tokenizer and chat template"
        return f"estimated at {self.characters_per_token:g} characters per token, because {self.reason}"

    @property
    def maybe_too_long(self) -> int:
        """Examples written that an estimate puts over the limit, but not by far."""
        return sum(count for length, count in self.counted.items() if length > self.limit)

    def measure(self, records: Sequence[Mapping[str, Any]]) -> list[int]:
        """Tokens of every example; for a preference pair, of its longer half.

        Raises:
            RecipeError: the student's chat template fails.
        """
        pairs = [conversations(record) for record in records]
        if self.chat is None:
            return [max(map(self._estimate, pair)) for pair in pairs]
        flat = iter(self.chat.count([conversation for pair in pairs for conversation in pair]))
        return [max(islice(flat, len(pair))) for pair in pairs]

    def _estimate(self, messages: Messages) -> int:
        characters = sum([len(message["content"]) for message in messages])
        return math.ceil(characters / self.characters_per_token) + _TURN * len(messages)

    def rejects(self, tokens: int) -> bool:
        """Whether an example of this length is left out: over the limit, or, of an estimate, surely so."""
        return tokens > (self.limit if self.chat else SURELY * self.limit)

    def summary(self) -> dict[str, Any]:
        """For the manifest and the card: how lengths were found, percentiles, histogram."""
        return {
            "sequence_len": self.limit,
            "lengths": self.how,
            "basis": self.basis,
            "too_long": self.too_long,
            "maybe_too_long": self.maybe_too_long,
            **{name: self._percentile(share) for name, share in (("p50", 0.5), ("p95", 0.95), ("max", 1.0))},
            "histogram": self._histogram(),
        }

    def _percentile(self, share: float) -> int:
        left = math.ceil(share * self.counted.total())
        for length in sorted(self.counted):
            left -= self.counted[length]
            if left <= 0:
                return length
        return 0

    def _histogram(self) -> list[dict[str, int | None]]:
        below = [sum(count for length, count in self.counted.items() if length <= bound) for bound in BINS]
        bins = zip([*BINS, None], [*below, self.counted.total()], [0, *below], strict=True)
        return [{"up_to": bound, "examples": total - before} for bound, total, before in bins]


def conversations(record: Mapping[str, Any]) -> list[Messages]:
    """The whole conversations of an example: one, or the chosen and the rejected one."""
    if "chosen" in record:
        return [[*record["messages"], record[part]] for part in ("chosen", "rejected")]
    return [record["messages"]]


def load_lengths(plan: Plan, config: Config) -> Lengths:
    """Lengths as the trainer of a plan counts them, or an estimate where the tokenizer is not at hand.

    Args:
        plan: the plan.
        config: its trainer config.

    Raises:
        RecipeError: the student's folder has a tokenizer or chat template that cannot be read.
    """
    chat = load_chat(plan, config)
    limit = trainer_of(plan).sequence_limit(config)
    known = (None, chat) if isinstance(chat, str) else (chat, "")
    return Lengths(limit or plan.train["sequence_len"], plan.family.values["characters_per_token"], *known)


def matched_examples(plan: Plan, rows: Iterable[Row]) -> Iterator[tuple[Example, ...]]:
    """For every row, the plan's example first, then that of every other method of `data.match_methods`."""
    names = plan.recipe.get("data", "match_methods") or []
    others = [shipped_method(name) for name in dict.fromkeys(names) if name != plan.method.name]
    plans = [plan, *(dataclasses.replace(plan, method=method) for method in others)]
    # The copies advance together; only a method that borrows from the next row runs a little ahead.
    return zip(*map(examples, plans, tee(rows, len(plans))), strict=True)


def fitting(
    plan: Plan, rows: Iterable[Row], lengths: Lengths, rejects: Rejects, counts: Counts
) -> Iterator[dict[str, Any]]:
    """The examples to write, counted; a row is rejected where its example is too long, in any of `data.match_methods`.

    Raises:
        RecipeError: the student's chat template fails, or a method finds nothing to borrow.
    """
    groups = matched_examples(plan, rows)
    while batch := list(islice(groups, _BATCH)):
        columns = [lengths.measure([example.record for example in column]) for column in zip(*batch, strict=True)]
        for group, sizes in zip(batch, zip(*columns, strict=True), strict=True):
            example, worst = group[0], max(sizes)
            file, line = example.row[PLACE]
            if example.blank:
                rejects.add(example.record["id"], file, line, RENDERS_NOTHING)
                continue
            if lengths.rejects(worst):
                reason = TOO_LONG if lengths.rejects(sizes[0]) else f"{TOO_LONG} with a method of data.match_methods"
                rejects.add(example.record["id"], file, line, reason, tokens=worst)
                lengths.too_long += 1
                lengths.longest = max(lengths.longest, worst)
                lengths.ids += [str(example.record["id"])] if len(lengths.ids) < _NAMED else []
                continue
            counts.add(example)
            lengths.counted[sizes[0]] += 1
            yield example.record


def check_overlong(plan: Plan, lengths: Lengths, counts: Counts, listing: Path | None) -> None:
    """Stop when rows are too long and `data.overlong` is `error`, too many are too long, or no row is left.

    Args:
        plan: for its settings.
        lengths: of all examples.
        counts: of all rows.
        listing: where the rejected rows are listed, for the message.

    Raises:
        RecipeError: how many are too long, the first of them, and what to do.
    """
    drawn, share = counts.examples + lengths.too_long, plan.recipe.get("data", "max_rejected")
    stops = plan.recipe.get("data", "overlong") == "error"
    if not lengths.too_long or (not stops and counts.examples and lengths.too_long <= share * drawn):
        return
    about = "" if lengths.chat else "about "
    more = "" if stops else f", more than data.max_rejected {share:g} allows"
    remedy = " or set data.overlong: drop" if stops else " or data.max_rejected"
    if not counts.examples:
        more, remedy = ", so that no row is left", ""
    named = ", ".join(lengths.ids) + (" ..." if lengths.too_long > len(lengths.ids) else "")
    message = (
        f"{lengths.too_long:,} of {drawn:,} examples are longer than {lengths.limit:,} tokens{more}: {named}; "
        f"the longest has {about}{lengths.longest:,} ({lengths.basis}); "
        f"raise train.sequence_len{remedy}{listed_in(listing)}"
    )
    raise RecipeError([plan.recipe.problem(("train", "sequence_len"), message)])
