"""One row's way through its stages: which answer it needs next, and what it makes of it."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import NamedTuple

from cgd_recipes.generation.bound import BoundStage
from cgd_recipes.generation.engine import Completion, Message, Request, RequestFailed
from cgd_recipes.generation.journal import Journal
from cgd_recipes.generation.settings import Generation
from cgd_recipes.generation.thinking import Parts, separate
from cgd_recipes.rows import Row

Answer = Completion | RequestFailed
NO_EXIT = "the answer never left its thinking"


class Outcome(NamedTuple):
    """What became of a row.

    Attributes:
        row: with all that the stages gave.
        stage: the stage at which it was set aside; None for a row that is complete.
        reason, detail: why; the reason is the same for all rows with this fault.
        key: the answer that cannot be used; empty where the engine gave none.
    """

    row: Row
    stage: str | None = None
    reason: str = ""
    detail: str = ""
    key: str = ""


Flow = Generator[Request, Answer, Outcome]


def flow(generation: Generation, row: Row) -> Flow:
    """Yield the requests of a row one after the other; each is answered by sending what came of it.

    A row that has a stage's fields already passes that stage, unless an earlier one gave it something new, by which they
    became void.

    Returns:
        The row's outcome.
    """
    row = dict(row)
    for bound in generation.stages:
        stage = bound.stage
        if generation.passes(bound, row):
            continue
        for name in stage.clears:
            row.pop(name, None)
        failed = yield from _ask(bound, row)
        if failed:
            return failed
        if stage.text_field:
            row[_AUTHOR[stage.role]] = bound.model
    return Outcome(row)


_AUTHOR = {"student": "student_model", "teacher": "teacher_model"}


def _ask(bound: BoundStage, row: Row) -> Generator[Request, Answer, Outcome | None]:
    """Put a stage's question, once more where the answer lacks something, and fill in the row."""
    stage, turns = bound.stage, conversation(bound, row)
    texts: list[str] = []
    thoughts: list[str] = []
    schema = None
    while True:
        request = bound.request(row["id"], turns, schema)
        answer = yield request
        if isinstance(answer, RequestFailed):
            return Outcome(row, stage.name, answer.reason, answer.detail)
        parts, fault = judged(answer, bound.thinking)
        if fault:
            return Outcome(row, stage.name, fault, answer.text[-200:], request.key)
        texts.append(stage.again_lines(parts.answer) if texts else parts.answer)
        thoughts += [parts.reasoning] if parts.reasoning else []
        found = stage.read("\n".join(texts))
        missing = [name for name in stage.gives if name not in found]
        again = stage.ask_again(row) if missing and len(texts) == 1 else None
        if again is None:
            break
        turns, schema = [*turns, Message("assistant", parts.answer), again], stage.again_schema(missing)
    if missing:
        return Outcome(row, stage.name, f"no {missing[0]} in the answer", texts[-1][-200:], request.key)
    row.update(found)
    if thoughts and "reasoning" in stage.values:
        row[stage.values["reasoning"]] = "\n".join(thoughts)
    return None


def conversation(bound: BoundStage, row: Row) -> Sequence[Message]:
    """The messages that ask for a stage's answer, from the beginning of the conversation."""
    if bound.earlier is None:
        return bound.stage.messages(row)
    said = Message("assistant", str(row[bound.earlier.text_field or ""]))
    return [*bound.earlier.messages(row), said, bound.stage.turn(row)]


def judged(completion: Completion, thinking: str) -> tuple[Parts, str]:
    """The parts of an answer, and why it cannot be used; no fault where it can.

    An answer that was cut short, or that is all thinking, would teach the student to stop there.
    """
    parts = separate(completion.text, completion.reasoning, thinking)
    if completion.finish_reason == "length":
        return parts, "truncated answer" if parts.ended else f"truncated: {NO_EXIT}"
    if not parts.ended:
        return parts, NO_EXIT
    return parts, "" if parts.answer else "empty answer"


def replay(generation: Generation, row: Row, journal: Journal) -> Request | Outcome:
    """Follow a row as far as the journal has its answers: the first request that it lacks, or the row's outcome."""
    steps = flow(generation, row)
    answer: Answer | None = None
    while True:
        try:
            request = next(steps) if answer is None else steps.send(answer)
        except StopIteration as end:
            outcome: Outcome = end.value
            return outcome
        answer = journal.get(request.key)
        if answer is None:
            return request
