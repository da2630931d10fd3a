"""A stage: one call of student or teacher for every row; its prompt and what is read from the answer."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, ClassVar

from cgd_recipes.data.rows import RowFields as Row
from cgd_recipes.data.verdict import parse_verdict
from cgd_recipes.errors import Problem, RecipeError, Where
from cgd_recipes.files.templates import compile_templates
from cgd_recipes.generation.engines.protocol import Message, RequestFailed
from cgd_recipes.recipe.family import find_named
from cgd_recipes.recipe.prompt_file import PromptFile

FOLDER = "templates/prompts"
_PROMPTS = ("system", "user", "follow_up", "turn")
_CHOICES: dict[str, tuple[str | int, ...]] = {"verdict": ("right", "wrong"), "score": (1, 2, 3, 4, 5)}


@dataclass
class Stage(PromptFile):
    """One stage file; see PromptFile."""

    RENAMED: ClassVar[Mapping[str, str]] = {"gives": "outputs", "voids": "invalidates", "again": "follow_up"}

    @property
    def role(self) -> str:
        """Who answers: student or teacher."""
        return str(self.values["role"])

    @property
    def outputs(self) -> list[str]:
        """Row fields that the answer fills."""
        return list(self.values["outputs"])

    @property
    def is_default(self) -> bool:
        """Whether it is the one to take where several shipped stages fill the same field."""
        return bool(self.values.get("default", False))

    def clear(self, row: Row) -> None:
        """Take from a row what no longer holds once this stage is asked: its own fields, and those that it invalidates."""
        for name in (*self.outputs, *self.values.get("invalidates", []), self.values.get("reasoning", "")):
            row.pop(name, None)

    @property
    def text_field(self) -> str | None:
        """The row field that gets the whole answer."""
        return next((name for name, kind in self.values["outputs"].items() if kind == "text"), None)

    @cached_property
    def _prompts(self) -> dict[str, Callable[[Mapping[str, Any]], dict[str, str]]]:
        return {part: compile_templates({part: self.values[part]}) for part in _PROMPTS if part in self.values}

    def _turn(self, part: str, row: Mapping[str, Any]) -> Message:
        try:
            text = self._prompts[part](row)[part]
        except Exception as error:  # a template can raise anything on what is in a row
            raise RequestFailed("the prompt's template fails", f"{self.source}: '{part}': {error}") from error
        if not text.strip():
            raise RequestFailed("the prompt is empty", f"{self.source}: '{part}'")
        return Message("system" if part == "system" else "user", text)

    def messages(self, row: Mapping[str, Any]) -> list[Message]:
        """The conversation that asks for this stage's answer.

        Raises:
            RequestFailed: a template fails on this row, or renders nothing.
        """
        return [self._turn(part, row) for part in ("system", "user") if part in self.values]

    def turn(self, row: Mapping[str, Any]) -> Message:
        """The user's next turn in a conversation that this stage continues."""
        return self._turn("turn", row)

    def follow_up(self, row: Mapping[str, Any]) -> Message | None:
        """The user's next turn where the answer lacks a verdict or a score; None where the stage has none."""
        return self._turn("follow_up", row) if "follow_up" in self.values else None

    def follow_up_schema(self, missing: Iterable[str]) -> dict[str, Any]:
        """JSON Schema of the answer to `follow_up`, so that a server can make sure that it is one of the few allowed."""
        kinds = {name: self.values["outputs"][name] for name in missing}
        properties = {
            _label(name, kind): {"enum": list(_CHOICES[kind])} for name, kind in kinds.items() if kind in _CHOICES
        }
        return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}

    def follow_up_lines(self, answer: str, missing: Iterable[str]) -> str:
        """What the answer to `follow_up` gives of what was missing, as `Label: value` lines, and nothing else of it."""
        kinds, missing = self.values["outputs"], list(missing)
        with suppress(ValueError, RecursionError):
            values = json.loads(answer)
            answer = (
                "\n".join(f"{name}: {value}" for name, value in values.items()) if isinstance(values, dict) else answer
            )
        found = self.read(answer)
        if len(missing) == 1 and missing[0] not in found:  # the bare word or number
            found = self.read(f"{_label(missing[0], kinds[missing[0]])}: {answer}")
        return "\n".join(
            f"{_label(name, kinds[name]).capitalize()}: {found[name]}" for name in missing if name in found
        )

    def read(self, answer: str) -> Row:
        """What an answer gives; fields that it lacks are left out."""
        row: Row = {}
        for name, kind in self.values["outputs"].items():
            found = answer if kind == "text" else parse_verdict(answer) if kind == "verdict" else _score(name, answer)
            if found:
                row[name] = found
        return row


def _label(name: str, kind: str) -> str:
    return "conclusion" if kind == "verdict" else name


def _score(name: str, answer: str) -> int | None:
    """The last `Name: N` of an answer, N a whole number from 1 to 5; None where that line hedges (`4 or 5`, `3-4`, `4.5`)."""
    found = list(_score_pattern(name).finditer(answer))
    if not found or _HEDGE.match(answer, found[-1].end()):
        return None
    return int(found[-1][1])


@cache
def _score_pattern(name: str) -> re.Pattern[str]:
    # Bounded, and no two repetitions that can match the same: a degenerate model writes 40,000 colons in a line.
    return re.compile(
        rf"\b{name}[^\w:\n]{{0,10}}:[^\w\n]{{0,10}}([1-5])(?:\.0{{1,2}})?(?!\d)(?:[ \t]{{0,2}}/[ \t]{{0,2}}5(?!\d))?",
        re.IGNORECASE,
    )


_HEDGE = re.compile(
    r"[.,]\d|[ \t]{0,2}(?:(?:out[ \t])?of[ \t]{1,2}(?!5(?!\d))|[(\[]?(?:or|to|and|[-\u2013\u2014~/|])[ \t]{0,2})\d"
    r"|[ \t]{0,2}(?:[%+\u00bc-\u00be]|points?[ \t](?:less|more|below|above))",
    re.IGNORECASE,
)


def find_stage(name: str, folder: Path, where: Where) -> Path:
    """The file of a stage: a path ending in .yaml, relative to `folder`, or a shipped name.

    Raises:
        RecipeError: neither; names the nearest shipped one.
    """
    return find_named("stage", name, folder, where, FOLDER)


def read_stage(path: Path) -> Stage:
    """Read one stage file, merging it over what it extends, and try its templates.

    Raises:
        RecipeError: every mistake, located.
    """
    stage = Stage.load(path, "stage", FOLDER, _PROMPTS)
    if ("turn" in stage.values) != ("continues" in stage.values):
        message = "'turn' and 'continues' belong together; set both, or neither"
        raise RecipeError([Problem(Where(stage.source, 1, 1), message)])
    return stage
