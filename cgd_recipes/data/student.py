"""A student's own files against what its family says; see `student_check`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from cgd_recipes.data.chat import Chat, load_chat
from cgd_recipes.data.examples import system_message
from cgd_recipes.data.layout import Messages, load_layout
from cgd_recipes.data.student_check import (
    ANSWER,
    DAYS,
    ERROR,
    QUESTION,
    Expected,
    Fault,
    Student,
    conversation,
    examine,
)
from cgd_recipes.errors import Problem, RecipeError
from cgd_recipes.files.hashes import stamp
from cgd_recipes.files.regular import read_text
from cgd_recipes.files.schema import check_schema
from cgd_recipes.recipe.plan import Plan
from cgd_recipes.trainers.protocol import (
    Config,
    NoChatTemplateError,
    TokenizationUnknownError,
)
from cgd_recipes.trainers.registry import trainer_of

CHECK_SCRIPT, CHECK_SETTINGS = "check_student.py", "check_student.json"
"""Files of a rendered folder with which launch.sh makes the same check."""


class StudentCheck(NamedTuple):
    """What came of looking at a student.

    Attributes:
        problems: what would train a student that is of no use.
        warnings: what a user should know.
        facts: what was found, for the manifest; empty where nothing could be looked at.
        unseen: what could not be looked at, and why; empty where everything was.
        chat: the tokenizer with the chat layout; where it is not at hand, why.
    """

    problems: list[Problem]
    warnings: list[str]
    facts: dict[str, Any]
    unseen: str
    chat: Chat | str

    def summary(self) -> dict[str, Any]:
        """For the manifest."""
        return {**self.facts, **({"not_looked_at": self.unseen} if self.unseen else {})}


def check_student(plan: Plan, config: Config) -> StudentCheck:
    """Hold the student's tokenizer and chat template against the family, as far as they are on this machine.

    Args:
        plan: the plan.
        config: its trainer config.

    Raises:
        RecipeError: a file of the student cannot be read.
    """
    try:
        student, chat = load_student(plan, config)
    except NoChatTemplateError as error:
        problem = plan.recipe.problem(("student",), f"{error}; use a chat model, or {_OWN}")
        return StudentCheck([problem], [], {}, "", str(error))
    except TokenizationUnknownError as reason:
        return StudentCheck([], [], {}, f"not held against its family, because {reason}", str(reason))
    own = _own_config(plan, config)
    expected = replace(expectations(plan), embeddings=own.get("vocab_size", (plan.config or {}).get("vocab_size")))
    faults = list(examine(student, expected))
    problems = [_located(plan, fault) for fault in faults if fault.level == ERROR]
    return StudentCheck(
        problems=problems,
        warnings=[str(_located(plan, fault)) for fault in faults if fault.level != ERROR] + _outdated(plan, own),
        facts={} if problems else _facts(student, expected),
        unseen=f"not cut into tokens, because {chat}" if isinstance(chat, str) else "",
        chat=chat,
    )


_OWN = "set one in a family file of your own (axolotl: chat_template: jinja, chat_template_jinja)"


def _own_config(plan: Plan, config: Config) -> dict[str, Any]:
    """What the config.json of a student of the hub says; empty for a local folder, whose own the plan has already."""
    file = trainer_of(plan).tokenization(plan, config).file.with_name("config.json")
    if plan.student_is_local or not file.is_file():
        return {}
    values = _read_json(plan, file, "student")
    # Models that also read images keep the facts of their language model apart.
    return {**(values.get("text_config") or {}), **values}


def _outdated(plan: Plan, own: Mapping[str, Any]) -> list[str]:
    """In what the family file does not say of this student what its config.json says."""
    known, student = plan.config or {}, str(plan.recipe.get("student"))
    differing = [key for key in known if key in own and own[key] != known[key]]
    where = plan.family.where
    return [
        f"{where('students', student, key)}: {student} has {key} {own[key]}, and not {known[key]}" for key in differing
    ]


def _located(plan: Plan, fault: Fault) -> Problem:
    if fault.about != "student":
        return Problem(plan.family.where(fault.about), f"{fault.message} (student {plan.recipe.get('student')})")
    return plan.recipe.problem(("student",), fault.message)


def expectations(plan: Plan) -> Expected:
    """What a plan takes for granted of its student."""
    system = system_message(plan)
    return Expected(
        end_of_turn=plan.family.values["end_of_turn"],
        control_tokens=plan.family.values["control_tokens"],
        system=system[0]["content"] if system else None,
        embeddings=(plan.config or {}).get("vocab_size"),
        thinking=[plan.family.thinking["opens"], plan.family.thinking["closes"]] if plan.thinks else None,
    )


def _facts(student: Student, expected: Expected) -> dict[str, Any]:
    """What was found out about a student, for the manifest, where `examine` finds no error."""
    messages = conversation(expected.system, ANSWER)

    def text_after(part: str, messages: Messages, prompt: bool) -> str:
        return student.text(messages, prompt, DAYS[0]).rpartition(part)[2]

    return {
        "end_of_turn": expected.end_of_turn,
        "end_of_turn_id": student.vocabulary.get(expected.end_of_turn),
        "tokens": student.size or None,
        "embeddings": expected.embeddings,
        "generation_prompt": text_after(QUESTION["content"], messages[:-1], True) if student.prompts else None,
        "after_the_answer": text_after(ANSWER, messages, False),
    }


def check_settings(plan: Plan, config: Config) -> dict[str, Any] | None:
    """What `check_student.py` needs beside the trainer; None where the config takes the tokenizer from elsewhere."""
    try:
        source = trainer_of(plan).tokenizer_source(plan, config)
    except TokenizationUnknownError:
        return None
    return {**asdict(source), "expected": asdict(expectations(plan))}


def load_student(plan: Plan, config: Config) -> tuple[Student, Chat | str]:
    """The student as the trainer of a plan will see it, and its tokenizer with the chat layout, or why that is not at hand.

    Raises:
        TokenizationUnknownError: its files are not here.
        RecipeError: a file of the student cannot be read.
    """
    found, source = trainer_of(plan).tokenization(plan, config), trainer_of(plan).tokenizer_source(plan, config)
    if not found.file.is_file():
        raise TokenizationUnknownError("the student's folder has no tokenizer.json")
    chat = load_chat(plan, config)
    vocabulary, added = _read_vocabulary(plan, found.file)
    if isinstance(chat, str):
        layout, tokenizer = load_layout(plan, found.template, {**found.special, **found.variables}), None
    else:
        layout, tokenizer = chat.layout, chat.tokenizer

    def text(messages: Any, prompt: bool, day: str) -> str:
        return layout.try_text(messages, add_generation_prompt=prompt, strftime_now=lambda _layout: day)

    def encode(text: str) -> list[int]:
        return list(tokenizer.encode(text, add_special_tokens=False).ids) if tokenizer else []

    student = Student(
        text,
        vocabulary,
        {**added, **{token: True for token in found.special.values() if token in vocabulary}},
        found.special if source.is_own else None,
        found.template,
        encode if tokenizer else None,
        source.is_own,
    )
    return student, chat


def _read_vocabulary(plan: Plan, file: Path) -> tuple[dict[str, int], dict[str, bool]]:
    """Tokens with their ids, and the added ones with whether they are special, of a tokenizer.json.

    Raises:
        RecipeError: it cannot be read, or has another shape.
    """
    try:
        return _vocabulary(file, stamp(file))
    except (OSError, ValueError) as error:
        raise _unreadable(plan, file, str(error)) from None


@lru_cache(maxsize=2)
def _vocabulary(file: Path, _stamp: object) -> tuple[dict[str, int], dict[str, bool]]:
    """As `_read_vocabulary`: the cells of a study have one tokenizer, which is slow to read. Who gets it changes nothing.

    Raises:
        ValueError: it cannot be read, or has another shape.
    """
    values = _parsed(file, "tokenizer")
    pieces = values["model"].get("vocab") or {}
    # Unigram models list pieces with their scores.
    numbered = pieces.items() if isinstance(pieces, Mapping) else ((piece[0], at) for at, piece in enumerate(pieces))
    try:
        vocabulary = {str(token): int(number) for token, number in numbered}
    except (TypeError, ValueError, IndexError):
        raise ValueError("'model.vocab' must map tokens to ids, or list tokens with scores") from None
    added = values.get("added_tokens") or []
    vocabulary |= {token["content"]: token["id"] for token in added}
    return vocabulary, {token["content"]: bool(token.get("special")) for token in added}


def _read_json(plan: Plan, file: Path, schema: str) -> dict[str, Any]:
    try:
        return _parsed(file, schema)
    except ValueError as error:
        raise _unreadable(plan, file, str(error)) from None


def _parsed(file: Path, schema: str) -> dict[str, Any]:
    """A JSON file.

    Raises:
        ValueError: it cannot be read, or is not as the schema says.
    """
    try:
        values: dict[str, Any] = json.loads(read_text(file))
    except (OSError, RecursionError) as error:
        raise ValueError(str(error)) from None
    findings = check_schema(values, schema)
    if findings:
        raise ValueError(findings[0].message)
    return values


def _unreadable(plan: Plan, file: Path, reason: str) -> RecipeError:
    return RecipeError([plan.recipe.problem(("student",), f"{file} cannot be read: {reason}")])
