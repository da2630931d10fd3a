"""A conversation in a student's chat layout: its chat template, run as transformers would."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from jinja2 import Template, TemplateError, nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from jinja2.utils import Namespace

from cgd_recipes.errors import RecipeError
from cgd_recipes.files.limits import Limited
from cgd_recipes.files.sandbox import LimitedEnvironment
from cgd_recipes.files.template_steps import counted_filter, of_weighed, weighed
from cgd_recipes.recipe.plan import Plan

_LONGEST_DATE = 1_000
Messages = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Layout:
    """A chat template with what it sees besides the messages.

    Attributes:
        template: the template.
        variables: the special tokens by their names, and what the trainer gives it.
        plan: for the place of errors.
    """

    template: Template
    variables: Mapping[str, Any]
    plan: Plan

    def text(self, messages: Messages, *, prompt: bool = False) -> str:
        """A conversation in the student's chat layout.

        Args:
            messages: the conversation.
            prompt: whether the generation prompt follows it.

        Raises:
            RecipeError: the chat template fails, or refuses these messages.
        """
        try:
            return self.try_text(messages, add_generation_prompt=prompt)
        except Exception as error:  # a template can raise anything: arithmetic on text, a missing method
            raise _template_error(self.plan, error) from None

    def try_text(self, messages: Messages, **variables: Any) -> str:
        """The same with more variables; what the template raises is not changed."""
        with Limited():
            return self.template.render(
                messages=messages, tools=None, documents=None, **{**self.variables, **variables}
            )


def load_layout(plan: Plan, source: str, variables: Mapping[str, Any]) -> Layout:
    """The layout of a chat template's source.

    Raises:
        RecipeError: the template has a mistake.
    """
    try:
        return Layout(_template(source), dict(variables), plan)
    except TemplateError as error:
        raise _template_error(plan, error) from None


@lru_cache(maxsize=64)
def _template(source: str) -> Template:
    """Compiled once, for all the recipes of a study."""
    return _environment().from_string(source)


def _template_error(plan: Plan, error: Exception) -> RecipeError:
    return RecipeError([plan.recipe.problem(("student",), f"the student's chat template fails: {error}")])


class _Generation(Extension):
    """`{% generation %}`, by which some chat templates mark the answer; it prints its body."""

    tags = {"generation"}  # noqa: RUF012  (Jinja's own declaration)

    def parse(self, parser: Parser) -> list[nodes.Node]:
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


@cache
def _environment() -> LimitedEnvironment:
    """Templates behave as in transformers' `apply_chat_template`."""
    made = LimitedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[_Generation, "jinja2.ext.loopcontrols"])
    made.filters["tojson"] = counted_filter(of_weighed(_tojson), is_level=False)
    # Chat templates count with it.
    made.globals["namespace"] = _Namespace
    made.globals["raise_exception"] = _raise
    made.globals["strftime_now"] = _strftime_now
    return made


class _Namespace(Namespace):
    """A namespace that is not written out: it may hold another one twice, which holds another one twice, and so on."""

    def __repr__(self) -> str:
        return "<Namespace>"


def _tojson(value: Any, **options: Any) -> str:
    return json.dumps(value, ensure_ascii=False, **options)


def _strftime_now(layout: str) -> str:
    if len(layout) > _LONGEST_DATE:
        raise TemplateError(f"strftime_now takes a layout of {_LONGEST_DATE} characters at most")
    # The C library takes widths, also behind a flag.
    return datetime.now().strftime(re.sub(r"%([_0^#+-]*)[0-9]+", r"%\1", layout))


def _raise(message: object) -> None:
    raise TemplateError(str(weighed(message)))
