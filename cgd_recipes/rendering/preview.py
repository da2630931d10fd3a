"""`cgd-recipe preview`: one example as the student will see it, with its loss mask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Any, NamedTuple

from cgd_recipes.curation.curate import Curation
from cgd_recipes.data.counts import Counts
from cgd_recipes.data.draw import Draw, for_method
from cgd_recipes.data.lengths import LengthTally
from cgd_recipes.data.measure import Measure, make_measure
from cgd_recipes.data.rendered import Fitting, fitting
from cgd_recipes.data.rows import Row
from cgd_recipes.data.shapes import Messages
from cgd_recipes.data.shapes.conversation import untrained_in
from cgd_recipes.data.source import Source, open_source
from cgd_recipes.data.texts import ZERO_WIDTH_SPACE
from cgd_recipes.errors import RecipeError, user_error
from cgd_recipes.files.progress import Progress
from cgd_recipes.generation.triples import from_triples
from cgd_recipes.recipe.family import Family
from cgd_recipes.recipe.plan import Plan
from cgd_recipes.recipe.recipe import Recipe
from cgd_recipes.rendering.check import check_recipe
from cgd_recipes.trainers.plan import make_plan

# Rows kept past the one that is asked for, because some before it may be rejected or borrow from one after it.
_SPARE = 500


class Piece(NamedTuple):
    """A run of text, or one token, that is shown in one way.

    Attributes:
        text: as the student sees it; empty for the later tokens of one character.
        id: the token's number; None where the tokenizer is not at hand.
        role: whose message it is, where there is no chat layout that shows it.
        trained: whether the loss covers it.
        special: whether it is a control token.
        neutralised: whether it is row text that looks like a control token and was made harmless.
    """

    text: str
    id: int | None
    role: str
    trained: bool
    special: bool
    neutralised: bool

    @property
    def look(self) -> tuple[str, bool, bool, bool]:
        """All that decides how it is shown."""
        return self.role, self.trained, self.special, self.neutralised


class Sequence(NamedTuple):
    """One conversation that is trained on.

    Attributes:
        name: `example`, or `chosen` and `rejected` for preference methods.
        tokens: its length in tokens.
        pieces: its content in order.
    """

    name: str
    tokens: int
    pieces: list[Piece]

    @property
    def trained(self) -> int | None:
        """Tokens that the loss covers; None where they are not counted."""
        return sum(piece.trained for piece in self.pieces) if self.pieces[0].id is not None else None

    def runs(self) -> Iterator[list[Piece]]:
        """Neighbours that are shown in the same way; a special token stands alone."""
        keyed = ((piece, (piece.look, number if piece.special else None)) for number, piece in enumerate(self.pieces))
        return ([piece for piece, _ in run] for _, run in groupby(keyed, key=lambda pair: pair[1]))

    def blocks(self) -> Iterator[tuple[str, bool, list[list[Piece]]]]:
        """Role, whether trained, and the runs, of neighbours that share a role and the loss mask."""
        for (role, trained), runs in groupby(self.runs(), key=lambda run: run[0].look[:2]):
            yield role, trained, list(runs)


@dataclass
class Preview:
    """One example, ready to be shown.

    Attributes:
        plan: what it is rendered for.
        row: its 1-based place in the rendered order.
        id: the row's id.
        measure: how tokens are counted.
        sequences: one, or a preference pair.
    """

    plan: Plan
    row: int
    id: str
    measure: Measure
    sequences: list[Sequence]

    def title(self, sequence: Sequence) -> str:
        """A conversation's name and its length against the limit."""
        about = "" if self.measure.chat else "about "
        trained = "" if sequence.trained is None else f", {sequence.trained:,} trained"
        length = f"{about}{sequence.tokens:,} of at most {self.measure.limit:,} tokens ({self.measure.how})"
        return f"{sequence.name}: {length}{trained}"

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return {
            "recipe": self.plan.recipe.get("name"),
            "method": self.plan.method.name,
            "row": self.row,
            "id": self.id,
            "lengths": self.measure.how,
            "basis": self.measure.basis,
            "sequence_len": self.measure.limit,
            "sequences": [_sequence_json(sequence) for sequence in self.sequences],
        }


def _sequence_json(sequence: Sequence) -> dict[str, Any]:
    segments = []
    for run in sequence.runs():
        role, trained, special, neutralised = run[0].look
        text = "".join(piece.text for piece in run)
        segment: dict[str, Any] = {"text": text, "trained": trained, "special": special, "neutralised": neutralised}
        if role:
            segment["role"] = role
        if run[0].id is not None:
            segment["ids"] = [piece.id for piece in run]
        segments.append(segment)
    return {"name": sequence.name, "tokens": sequence.tokens, "trained_tokens": sequence.trained, "segments": segments}


def preview(recipe: Recipe, row: int, progress: Progress) -> Preview:
    """Find and render one example of a recipe; nothing else is rendered.

    Args:
        recipe: as loaded.
        row: its 1-based place in the order in which `render` writes.
        progress: called with a stage's name and its rows so far.

    Raises:
        RecipeError: any mistake in the recipe, or no such row.
    """
    plan = make_plan(recipe)
    checked = check_recipe(plan)
    measure = make_measure(plan, checked.config, checked.student.chat)
    reading, _ = from_triples(plan)
    found = _find(reading, open_source(reading.recipe), measure, row, progress)
    named = found.example.shape.conversations(found.example.record)
    sequences = [
        Sequence(name, tokens, _pieces(plan, measure, messages))
        for (name, messages), tokens in zip(named.items(), found.tokens, strict=True)
    ]
    return Preview(plan, row, found.example.row.id, measure, sequences)


def _find(plan: Plan, source: Source, measure: Measure, row: int, progress: Progress) -> Fitting:
    """The example at a place of the final order: read with room for a few rows, or, where that is too few, for all."""
    with Curation(plan, measure) as curation:
        drawn, is_whole = curation.limit(plan.recipe.data["sample"]), curation.drops
    some = row + _SPARE
    if not is_whole and (drawn is None or some < drawn):
        try:
            found, counts, ended = _read(plan, source, measure, row, some, progress)
        except RecipeError:
            # Among few rows there may be none to take fields from.
            found, ended = None, True
        # At the end of a shortened list a row would take from its start, and not from its next.
        if found is not None and not ended:
            return found
    found, counts, _ = _read(plan, source, measure, row, drawn, progress)
    if found is not None:
        return found
    if not counts.examples:
        raise user_error(f"--row {row}", "the recipe renders no example; `cgd-recipe render` says why")
    message = f"the recipe renders {counts.examples:,} examples; give a number from 1 to {counts.examples:,}"
    raise user_error(f"--row {row}", message)


def _read(
    plan: Plan, source: Source, measure: Measure, row: int, limit: int | None, progress: Progress
) -> tuple[Fitting | None, Counts, bool]:
    """The example, the counts up to it, and whether all rows were taken to make it."""
    with Curation(plan, measure) as curation, Draw(plan, source, for_method(plan, curation.reads), limit=limit) as draw:
        draw.read(lambda rows: progress("reading", rows))
        rows = _Rows(curation.choose(draw))
        found = next(islice(fitting(plan, rows, draw, LengthTally(measure)), row - 1, None), None)
    return found, draw.counts, rows.ended


class _Rows:
    """Rows that remember whether they came to their end."""

    def __init__(self, rows: Iterable[Row]):
        self._rows = rows
        self.ended = False

    def __iter__(self) -> Iterator[Row]:
        yield from self._rows
        self.ended = True


def _pieces(plan: Plan, measure: Measure, messages: Messages) -> list[Piece]:
    if measure.chat:
        tokens = measure.chat.tokens(messages)
        marked = neutralised_spans(plan.family, "".join(token.text for token in tokens))
        pieces, start = [], 0
        for token in tokens:
            stop = start + len(token.text)
            inside = any(first < stop and start < last for first, last in marked)
            pieces.append(Piece(token.text, token.id, "", token.trained, token.special, inside))
            start = stop
        return pieces
    pieces, untrained = [], untrained_in(messages)
    for number, message in enumerate(messages, 1):
        role, text = message["role"], message["content"]
        trained = number == len(messages) and role == "assistant"
        if trained and untrained:
            pieces += _text_pieces(plan.family, role, text[:untrained], trained=False)
            text = text[untrained:]
        pieces += _text_pieces(plan.family, role, text, trained=trained)
    return [*pieces, Piece(plan.family.values["end_of_turn"], None, "assistant", True, True, False)]


def _text_pieces(family: Family, role: str, text: str, *, trained: bool) -> list[Piece]:
    pieces, start = [], 0
    for first, last in [*neutralised_spans(family, text), (len(text), len(text))]:
        pieces += [Piece(text[start:first], None, role, trained, False, False)] if first > start else []
        pieces += [Piece(text[first:last], None, role, trained, False, True)] if last > first else []
        start = last
    return pieces


def neutralised_spans(family: Family, text: str) -> list[tuple[int, int]]:
    """Where a text holds neutralised control tokens: (start, end) in characters, in order."""
    pattern = family.control_pattern()
    spans = []
    at = text.find(ZERO_WIDTH_SPACE, 1)
    while at > 0:
        found = pattern.match(text[at - 1] + text[at + 1 : at + 100])
        if found:
            spans.append((at - 1, at + len(found.group())))
        at = text.find(ZERO_WIDTH_SPACE, at + 1)
    return spans
