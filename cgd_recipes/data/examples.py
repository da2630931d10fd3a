"""Training examples from rows: rendered, and made harmless."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cgd_recipes.data.counts import Change
from cgd_recipes.data.marks import cut_end_marks, find_end_mark, find_left_over
from cgd_recipes.data.rejections import Reason, Rejection
from cgd_recipes.data.rows import Row
from cgd_recipes.data.shapes import Record, Shape, shape_of
from cgd_recipes.data.texts import neutralise, with_texts
from cgd_recipes.data.thinking import thinking_mark, without_thinking
from cgd_recipes.errors import Problem, RecipeError
from cgd_recipes.recipe.plan import KEEP, TRAIN, Plan
from cgd_recipes.trainers.registry import trainer_of

_PROMPT = "user"
_ANSWERS = ("assistant", "rejected")


@dataclass(slots=True)
class Example:
    """A training example and what became of its row.

    Attributes:
        record: what is written.
        shape: what the record is.
        row: the row it was made from.
        method: name of the method that rendered it.
        texts: what the method's templates gave, by their keys.
        changes: how these were changed.
        marks: what stands in an answer and is no part of it, but no known mark that can be cut.
        thinking_fault: what is wrong with the thinking before an answer.
    """

    record: Record
    shape: Shape
    row: Row
    method: str
    texts: Mapping[str, str]
    changes: set[Change] = field(default_factory=set)
    marks: list[Rejection] = field(default_factory=list)
    thinking_fault: Rejection | None = None

    @property
    def answers(self) -> list[str]:
        """The texts that are trained, or held against each other."""
        return [text for part, text in self.texts.items() if part != _PROMPT]


def take_from_next_row(rows: Iterable[Row], names: list[str], where: Problem) -> Iterator[Row]:
    """Rows whose named fields come from the next row that asks another question; the last rows take them from the first.

    Args:
        rows: in their final order.
        names: fields to replace; none leaves rows as they are.
        where: the problem to report when there is nothing to take.

    Raises:
        RecipeError: all rows ask the same question.
    """
    if not names:
        yield from rows
        return
    waiting: list[Row] = []
    heads: list[Row] = []
    for row in rows:
        if len(heads) < 2 and (not heads or not _same_question(heads[0], row)):
            heads.append(row)
        if waiting and not _same_question(waiting[0], row):
            yield from _with_fields_of(row, waiting, names)
            waiting = []
        waiting.append(row)
    donor = next((head for head in heads if waiting and not _same_question(head, waiting[0])), None)
    if waiting and donor is None:
        raise RecipeError([where])
    if donor:
        yield from _with_fields_of(donor, waiting, names)


def _same_question(row: Row, other: Row) -> bool:
    return bool(row.fields["question"] == other.fields["question"])


def _with_fields_of(donor: Row, rows: list[Row], names: list[str]) -> Iterator[Row]:
    for row in rows:
        yield Row({**row.fields, **{name: donor.fields[name] for name in names}}, row.origin)


class Renderer:
    """Renders the examples of one plan.

    Texts are stripped, so that the trained tokens are the answer and the end-of-turn token whatever the chat template does
    with white space. Marks for the end of a turn behind an answer are cut. Text that the family's tokenizer or template
    would take for a control token gets a zero-width space after its first character, wherever in a row it comes from, and
    also where the method's template joins it of parts. What the template itself writes stays as it is. Thinking before an
    answer is cut, kept or trained, as the recipe's `thinking` says.

    Args:
        plan: the plan.
    """

    def __init__(self, plan: Plan):
        self._plan, self._shape = plan, shape_of(plan.method)
        self._pattern = plan.family.control_pattern()
        self._system = system_message(plan)
        self._text_marks = frozenset(plan.recipe.data.get("marks_as_text", ()))
        written = [str(plan.method.values[part]) for part in plan.method.parts]
        self._own = {token for text in written for token in self._pattern.findall(text)}
        answers = [str(plan.method.values[part]) for part in plan.method.parts if part in _ANSWERS]
        self._writes_thinking = any(map(thinking_mark, answers))

    def render(self, row: Row) -> Example:
        """The example of a row that lacks nothing.

        Raises:
            RecipeError: the method's template fails on it.
        """
        method = self._plan.method
        changes = set[Change]()
        # A template that writes control tokens gets rows without any: afterwards its own cannot be told from theirs.
        fields = self._harmless_fields(row, changes) if self._own else row.fields
        try:
            texts = {part: text.strip() for part, text in method.render(fields).items()}
        except Exception as error:  # a template can raise anything
            message = f"the template of method '{method.name}' fails on row '{row.id}': {error}"
            raise RecipeError([self._plan.recipe.problem(("method",), message)]) from error
        example = Example({}, self._shape, row, method.name, texts, changes)
        untrained = 0
        for part, text in texts.items():
            head = ""
            if part != _PROMPT:
                text = cut_end_marks(text)
                changes.update([Change.END_MARK_CUT] if text != texts[part] else [])
            if part in _ANSWERS and (self._plan.thinks or not self._writes_thinking):
                reasoning = row.fields.get(method.values.get("reasoning", "")) if part == "assistant" else None
                head, text = self._without_thinking(text, reasoning, example)
            example.marks += self._marks_in(text) if part != _PROMPT else ()
            untrained = len(head) if self._plan.thinking == KEEP else 0
            harmless = self._harmless(text)
            changes.update([Change.NEUTRALISED] if harmless != text else [])
            texts[part] = head + harmless
        prompt = [*self._system, {"role": "user", "content": texts[_PROMPT]}]
        example.record = self._shape.record(row.id, prompt, texts, untrained)
        return example

    def _marks_in(self, text: str) -> Iterator[Rejection]:
        if mark := find_end_mark(text, self._text_marks):
            yield Rejection(Reason.UNKNOWN_END_MARK, detail=mark)
        if mark := find_left_over(text, self._text_marks):
            yield Rejection(Reason.LEFT_OVER, detail=mark)

    def _without_thinking(self, text: str, reasoning: str | None, example: Example) -> tuple[str, str]:
        """What goes before an answer in place of its thinking, and the answer."""
        parts = without_thinking(text, reasoning if self._plan.thinks else None)
        if not parts.ended:
            example.thinking_fault = Rejection(Reason.THINKING_UNENDED)
            return "", text
        if mark := thinking_mark(parts.answer, self._text_marks):
            example.thinking_fault = Rejection(Reason.THINKING_MARK, detail=mark)
            return "", text
        if not self._plan.thinks:
            example.changes.update([Change.THINKING_CUT] if parts.answer != text else [])
            return "", parts.answer
        marks = self._plan.family.thinking
        if parts.reasoning is not None:
            thought = self._harmless(parts.reasoning)
            example.changes.update([Change.NEUTRALISED] if thought != parts.reasoning else [])
            return marks["opens"] + thought + marks["closes"], parts.answer
        if self._plan.thinking == TRAIN:
            example.thinking_fault = Rejection(Reason.NO_THINKING)
        return marks["none"], parts.answer

    def _harmless(self, text: str) -> str:
        if not self._pattern.search(text):
            return text
        if not self._own:
            return neutralise(text, self._pattern)
        return self._pattern.sub(
            lambda found: found.group() if found.group() in self._own else neutralise(found.group(), self._pattern),
            text,
        )

    def _harmless_fields(self, row: Row, changes: set[Change]) -> dict[str, Any]:
        fields = dict(row.fields)
        for name in self._plan.method.needs:
            value = cut_end_marks(fields[name]) if isinstance(fields[name], str) else fields[name]
            fields[name] = with_texts(value, lambda text: neutralise(text, self._pattern))
            changes.update([Change.NEUTRALISED] if fields[name] != value else [])
        return fields


def examples(plan: Plan, rows: Iterable[Row]) -> Iterator[Example]:
    """Training examples of rows, in their order; see `Renderer`.

    Raises:
        RecipeError: the method's template fails on a row, or there is no other question to take fields from.
    """
    renderer, names = Renderer(plan), plan.method.borrowed
    message = f"all rows ask the same question; method '{plan.method.name}' needs the {', '.join(names)} of another"
    for row in take_from_next_row(rows, names, plan.recipe.problem(("data", "source"), message)):
        yield renderer.render(row)


def system_message(plan: Plan) -> list[dict[str, str]]:
    """The system message of every example; none where the recipe has none, or an empty one, as in evaluation."""
    text = plan.recipe.get("system_prompt")
    return [{"role": "system", "content": trainer_of(plan).system_preamble(plan) + text}] if text else []
