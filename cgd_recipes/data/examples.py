"""Training examples from rows: neutralised and rendered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from cgd_recipes.data.rows import Row
from cgd_recipes.errors import Problem, RecipeError
from cgd_recipes.recipe.plan import Plan
from cgd_recipes.trainers.registry import trainer_of

ZERO_WIDTH_SPACE = "\u200b"


class Example(NamedTuple):
    """A training example and what became of its row.

    Attributes:
        record: what is written: `{id, messages}`, or `{id, messages, chosen, rejected}` for preference methods.
        row: the row it was made from.
        neutralised: whether text of it was taken for a control token.
        blank: whether a message of it is empty.
    """

    record: dict[str, Any]
    row: Row
    neutralised: bool
    blank: bool


def lend_fields(rows: Iterable[Row], names: list[str], where: Problem) -> Iterator[Row]:
    """Rows whose named fields come from the next row that asks another question; the last rows borrow from the first.

    Args:
        rows: in their final order.
        names: fields to replace; none leaves rows as they are.
        where: the problem to report when there is nothing to borrow.

    Raises:
        RecipeError: all rows ask the same question.
    """
    if not names:
        yield from rows
        return
    waiting: list[Row] = []
    heads: list[Row] = []
    for row in rows:
        if len(heads) < 2 and (not heads or heads[0]["question"] != row["question"]):
            heads.append(row)
        if waiting and waiting[0]["question"] != row["question"]:
            yield from _borrow(waiting, row, names)
            waiting = []
        waiting.append(row)
    donor = next((head for head in heads if waiting and head["question"] != waiting[0]["question"]), None)
    if waiting and donor is None:
        raise RecipeError([where])
    if donor:
        yield from _borrow(waiting, donor, names)


def _borrow(rows: list[Row], donor: Row, names: list[str]) -> Iterator[Row]:
    for row in rows:
        yield {**row, **{name: donor[name] for name in names}}


def examples(plan: Plan, rows: Iterable[Row]) -> Iterator[Example]:
    """Training examples of rows, in their order.

    Texts are stripped, so that the trained tokens are the answer and the end-of-turn token whatever the chat template does
    with white space. Text that the family's tokenizer or template would take for a control token gets a zero-width space
    after its first character.
    """
    pattern = plan.family.control_pattern()
    needs, render = plan.method.needs, plan.method.render
    system = system_message(plan)
    message = f"all rows ask the same question; method '{plan.method.name}' needs the {', '.join(plan.method.borrowed)} of another"
    for row in lend_fields(rows, plan.method.borrowed, plan.recipe.problem(("data", "source"), message)):
        texts, found = dict(row), False
        for name in needs:
            text = row[name]
            if isinstance(text, str) and pattern.search(text):
                texts[name] = pattern.sub(_neutral, text)
                found = True
        try:
            parts = {part: text.strip() for part, text in render(texts).items()}
        except Exception as error:  # a template can raise anything
            message = f"the template of method '{plan.method.name}' fails on row '{row['id']}': {error}"
            raise RecipeError([plan.recipe.problem(("method",), message)]) from error
        blank = not all(parts.values())
        messages = [*system, {"role": "user", "content": parts["user"]}]
        answer = {"role": "assistant", "content": parts["assistant"]}
        if "rejected" in parts:
            rejected = {"role": "assistant", "content": parts["rejected"]}
            yield Example(
                {"id": row["id"], "messages": messages, "chosen": answer, "rejected": rejected}, row, found, blank
            )
        else:
            yield Example({"id": row["id"], "messages": [*messages, answer]}, row, found, blank)


def _neutral(match: Any) -> str:
    text: str = match.group()
    return text[0] + ZERO_WIDTH_SPACE + text[1:]


def system_message(plan: Plan) -> list[dict[str, str]]:
    """The system message of every example, or none."""
    text = plan.recipe.get("system_prompt")
    return [] if text is None else [{"role": "system", "content": trainer_of(plan).system_preamble(plan) + text}]
