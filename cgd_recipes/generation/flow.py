"""One row's way through its stages: which answer it needs next, and what it makes of it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from types import MappingProxyType
from typing import NamedTuple

from cgd_recipes.data.finish import Ending, ending_of
from cgd_recipes.data.marks import find_control_token, find_end_mark, find_left_over
from cgd_recipes.data.rows import RowFields as Row
from cgd_recipes.data.thinking import AS_IT_IS, Parts, separate, thinking_mark
from cgd_recipes.files.blank import is_blank
from cgd_recipes.files.schema import quoted
from cgd_recipes.generation.bound import BoundStage
from cgd_recipes.generation.engines.protocol import Completion, Message, Request, RequestFailed
from cgd_recipes.generation.journal import Journal
from cgd_recipes.generation.settings import Generation
from cgd_recipes.generation.spending import Spent, Tokens, tokens_of

Answer = Completion | RequestFailed
NO_EXIT = "the answer never left its thinking"


class Outcome(NamedTuple):
    """What became of a row.

    Attributes:
        row: with all that the stages gave.
        stage: the stage at which it was set aside; None for a row that is complete.
        reason, detail: why; the reason is the same for all rows with this fault.
        keys: requests of that stage, the failed one last; none where it could not even be asked.
        spent: role -> tokens of the answers that the row was made of.
    """

    row: Row
    stage: str | None = None
    reason: str = ""
    detail: str = ""
    keys: tuple[str, ...] = ()
    spent: Spent = MappingProxyType({})


Flow = Generator[Request, Answer, Outcome]
Retry = Callable[[Outcome], bool]
Known = Callable[[Request, Answer], None]


def flow(generation: Generation, row: Row, retry: Retry = lambda failed: False) -> Flow:
    """Yield the requests of a row one after the other; each is answered by sending what came of it.

    A row that has a stage's fields already passes that stage, unless an earlier one gave it something new, by which they
    became void.

    Args:
        generation: as loaded.
        row: as it was drawn.
        retry: told how a stage failed; whether to put its question once more.

    Returns:
        The row's outcome.
    """
    row, sample, spent = dict(row), generation.sample_of(row["id"]), dict[str, Tokens]()
    per_token = generation.plan.family.values["characters_per_token"]
    for bound in generation.stages:
        stage = bound.stage
        if generation.passes(bound, row):
            continue
        stage.clear(row)
        asked: list[tuple[Request, Completion]] = []
        failed = yield from _ask(bound, row, sample, asked)
        if failed and retry(failed):
            asked.clear()
            failed = yield from _ask(bound, row, sample, asked)
        for request, answer in asked:
            spent[stage.role] = spent.get(stage.role, Tokens()).plus(tokens_of(request, answer, per_token))
        if failed:
            return failed._replace(spent=spent)
        if stage.text_field:
            row[_AUTHOR[stage.role]] = bound.model
    return Outcome(row, spent=spent)


_AUTHOR = {"student": "student_model", "teacher": "teacher_model"}


def _ask(
    bound: BoundStage, row: Row, sample: int, asked: list[tuple[Request, Completion]]
) -> Generator[Request, Answer, Outcome | None]:
    """Put a stage's question, once more where the answer lacks something, and fill in the row.

    Args:
        bound: the stage.
        row: with what the stages before it gave.
        sample: which of the answers to one question is wanted.
        asked: gets every request with its answer.
    """
    stage, texts, thoughts, keys = bound.stage, list[str](), list[str](), list[str]()
    missing: list[str] = []
    try:
        turns, schema = conversation(bound, row), None
        while True:
            request = bound.request(row["id"], turns, sample=sample, attempt=len(texts) + 1, schema=schema)
            keys.append(request.key)
            answer = yield request
            if isinstance(answer, RequestFailed):
                raise answer
            asked.append((request, answer))
            parts = judged(answer, bound)
            texts.append(stage.follow_up_lines(parts.answer, missing) if texts else parts.answer)
            thoughts += [parts.reasoning] if parts.reasoning else []
            found = stage.read("\n".join(texts))
            missing = [name for name in stage.outputs if name not in found]
            if not missing:
                break
            follow_up = stage.follow_up(row) if len(texts) == 1 else None
            if follow_up is None:
                raise RequestFailed(f"no {missing[0]} in the answer", parts.answer[-200:])
            turns = [*turns, Message("assistant", parts.answer), follow_up]
            schema = stage.follow_up_schema(missing)
    except RequestFailed as failed:
        return Outcome(row, stage.name, failed.reason, failed.detail, tuple(keys))
    row.update(found)
    if thoughts and "reasoning" in stage.values:
        row[stage.values["reasoning"]] = "\n".join(thoughts)
    return None


def conversation(bound: BoundStage, row: Row) -> Sequence[Message]:
    """The messages that ask for a stage's answer, from the beginning of the conversation.

    Raises:
        RequestFailed: a template fails on this row, or renders nothing.
    """
    if bound.earlier is None:
        return bound.stage.messages(row)
    said = Message("assistant", str(row[bound.earlier.text_field or ""]))
    return [*bound.earlier.messages(row), said, bound.stage.turn(row)]


def judged(completion: Completion, bound: BoundStage) -> Parts:
    """The parts of an answer.

    Raises:
        RequestFailed: it is not known to be whole, is all thinking, holds thinking, a control token or another turn, or is empty: it
            would teach the student to write the same.
    """
    parts = separate(completion.text, completion.reasoning, bound.thinking)
    tail = completion.text[-200:]
    ending = ending_of(completion.finish_reason, bound.finish_reasons)
    if ending is Ending.TRUNCATED:
        raise RequestFailed("truncated answer" if parts.ended else f"truncated: {NO_EXIT}", tail)
    if ending is Ending.UNKNOWN:
        raise RequestFailed(f"finish reason {_shown(completion.finish_reason)}", tail)
    if not parts.ended:
        raise RequestFailed(NO_EXIT, tail)
    if is_blank(parts.answer):
        raise RequestFailed("empty answer")
    if bound.thinking != AS_IT_IS and (mark := thinking_mark(parts.answer, bound.marks_as_text)):
        raise RequestFailed(f"mark of thinking {_shown(mark)} in the answer", tail)
    if token := find_control_token(parts.answer, bound.marks_as_text):
        raise RequestFailed(f"control token {_shown(token)} in the answer", tail)
    if mark := find_end_mark(parts.answer, bound.marks_as_text) or find_left_over(parts.answer, bound.marks_as_text):
        raise RequestFailed(f"{_shown(mark)} in the answer, which is no part of it", tail)
    return parts


def _shown(name: str) -> str:
    """A name that a server or a model made up, fit for a reason that is counted and printed."""
    return quoted("".join(character for character in name[:60] if character.isprintable()))


class Reached(NamedTuple):
    """What a row came to.

    Attributes:
        first: at once: its next request, or its end.
        last: once it had every answer that the journal has for it: the first request that the journal lacks, or its end.
    """

    first: Request | Outcome
    last: Request | Outcome


def follow(
    steps: Flow, journal: Journal, answered: tuple[Request, Answer] | None = None, known: Known | None = None
) -> Reached:
    """Take a row on as far as the journal has its answers, and take back the marks of answers that can be used after all.

    Args:
        steps: of the row.
        journal: where the answers are.
        answered: the request that it waits for, and what came of it; None at its beginning.
        known: told of every answer that the journal has.
    """
    request, answer = answered or (None, None)
    first: Request | Outcome | None = None
    while True:
        try:
            following = next(steps) if answer is None else steps.send(answer)
        except StopIteration as end:
            outcome: Outcome = end.value
            if request and request.key not in outcome.keys:
                journal.accept(request.key)
            return Reached(first or outcome, outcome)
        if request:
            journal.accept(request.key)
        first = first or following
        request, answer = following, journal.get(following.key)
        if answer is None:
            return Reached(first, request)
        if known:
            known(request, answer)
