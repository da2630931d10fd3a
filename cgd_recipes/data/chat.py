"""An example as the student's tokenizer sees it: the chat layout, the token ids and the loss mask."""

from __future__ import annotations

import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from jinja2 import Template, TemplateError, nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from jinja2.utils import Namespace

from cgd_recipes.errors import RecipeError
from cgd_recipes.files.limits import Limited
from cgd_recipes.files.sandbox import LimitedEnvironment, of_weighed
from cgd_recipes.recipe.plan import Plan
from cgd_recipes.trainers.protocol import Config, TokenizationUnknownError
from cgd_recipes.trainers.registry import trainer_of

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Messages = Sequence[Mapping[str, str]]

# Stands for the answer in a second render, to find where the template puts it. Private use: no text holds it.
_MARK = "\ue000answer\ue001"
# Axolotl looks for the end of a turn this many tokens past the answer at most.
_END_WITHIN = 3


class Token(NamedTuple):
    """One token of an example.

    Attributes:
        id: its number in the student's vocabulary.
        text: the text it stands for; empty for the later tokens of one character. All texts joined are the chat layout.
        trained: whether the loss covers it.
        special: whether it is a control token, such as the end of a turn.
    """

    id: int
    text: str
    trained: bool
    special: bool


@dataclass(frozen=True)
class Chat:
    """The student's tokenizer and chat layout.

    Attributes:
        file: the tokenizer.json.
        tokenizer: as the trainer has it.
        template: chat template.
        variables: what the template sees besides the messages: the special tokens by their names.
        ends: tokens that end an answer and are trained.
        plan: for the place of errors.
    """

    file: Path
    tokenizer: Tokenizer
    template: Template
    variables: dict[str, str]
    ends: frozenset[str]
    plan: Plan

    def text(self, messages: Messages) -> str:
        """A conversation in the student's chat layout.

        Raises:
            RecipeError: the chat template fails, or refuses these messages.
        """
        try:
            with Limited():
                return self.template.render(
                    messages=messages, tools=None, documents=None, add_generation_prompt=False, **self.variables
                )
        except Exception as error:  # a template can raise anything: arithmetic on text, a missing method
            raise _template_error(self.plan, error) from None

    def count(self, conversations: Sequence[Messages]) -> list[int]:
        """Tokens of every conversation; one call for many uses all cores.

        Raises:
            RecipeError: the chat template fails, or refuses these messages.
        """
        texts = [self.text(messages) for messages in conversations]
        return [len(encoding) for encoding in self.tokenizer.encode_batch_fast(texts, add_special_tokens=False)]

    def tokens(self, messages: Messages) -> list[Token]:
        """The tokens of a conversation that ends with an answer; the answer and its end-of-turn token are trained.

        A token that holds the answer's first or last characters and some of the template's is trained, as in Axolotl.

        Raises:
            RecipeError: the chat template fails, or refuses these messages.
        """
        text = self.text(messages)
        before, _, after = self.text([*messages[:-1], {**messages[-1], "content": _MARK}]).partition(_MARK)
        encoding = self.tokenizer.encode(text, add_special_tokens=False)
        starts, stops = [start for start, _ in encoding.offsets], [stop for _, stop in encoding.offsets]
        first, last = bisect_right(stops, len(before)), bisect_left(starts, len(text) - len(after))
        trained = {*range(first, last), *self._ends(encoding.tokens, last)}
        special = {number for number, token in self.tokenizer.get_added_tokens_decoder().items() if token.special}
        tokens, done = [], 0
        for index, (number, stop) in enumerate(zip(encoding.ids, stops, strict=True)):
            tokens.append(Token(number, text[done:stop], index in trained, number in special))
            done = max(done, stop)
        return tokens

    def _ends(self, tokens: Sequence[str], last: int) -> list[int]:
        nearby = tokens[last : last + _END_WITHIN + 1]
        return [last + nearby.index(end) for end in self.ends if end in nearby]


def load_chat(plan: Plan, config: Config) -> Chat | str:
    """The tokenizer and chat layout that the trainer of a plan will use.

    Args:
        plan: the plan.
        config: its trainer config.

    Returns:
        The chat, or, where the exact tokens cannot be known here, why not.

    Raises:
        RecipeError: the student's folder has a tokenizer or chat template that cannot be read.
    """
    try:
        found = trainer_of(plan).tokenization(plan, config)
    except TokenizationUnknownError as reason:
        return str(reason)
    if not found.file.is_file():
        return "the student's folder has no tokenizer.json"
    if find_spec("tokenizers") is None:
        return "the package 'tokenizers' is not installed"
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(found.file))
    except Exception as error:  # the library raises bare exceptions
        raise RecipeError([plan.recipe.problem(("student",), f"{found.file} cannot be read: {error}")]) from None
    # A tokenizer.json remembers how it was last used; a row must be counted whole.
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.add_special_tokens([token for token in found.special.values() if token])
    try:
        template = _environment().from_string(found.template)
    except TemplateError as error:
        raise _template_error(plan, error) from None
    return Chat(found.file, tokenizer, template, dict(found.special), found.ends, plan)


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
    made.filters["tojson"] = of_weighed(_tojson)
    # Chat templates count with it.
    made.globals["namespace"] = Namespace
    made.globals["raise_exception"] = _raise
    made.globals["strftime_now"] = _strftime_now
    return made


def _tojson(value: Any, **options: Any) -> str:
    return json.dumps(value, ensure_ascii=False, **options)


def _strftime_now(layout: str) -> str:
    # The C library takes widths.
    return datetime.now().strftime(re.sub(r"%[0-9]+", "%", layout))


def _raise(message: str) -> None:
    raise TemplateError(message)
