"""An example as the student's tokenizer sees it: the chat layout, the token ids and the loss mask."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cgd_recipes.data.layout import Layout, Messages, load_layout
from cgd_recipes.data.shapes.conversation import untrained_in
from cgd_recipes.errors import RecipeError
from cgd_recipes.files.hashes import stamp
from cgd_recipes.recipe.plan import Plan
from cgd_recipes.trainers.protocol import Config, TokenizationUnknownError
from cgd_recipes.trainers.registry import trainer_of

if TYPE_CHECKING:
    from tokenizers import Tokenizer

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
        layout: chat template.
        ends: tokens that end an answer and are trained.
    """

    file: Path
    tokenizer: Tokenizer
    layout: Layout
    ends: frozenset[str]

    def text(self, messages: Messages) -> str:
        """A conversation in the student's chat layout.

        Raises:
            RecipeError: the chat template fails, or refuses these messages.
        """
        return self.layout.text(messages)

    def count(self, conversations: Sequence[Messages]) -> list[int]:
        """Tokens of every conversation; one call for many uses all cores.

        Raises:
            RecipeError: the chat template fails, or refuses these messages.
        """
        texts = [self.text(messages) for messages in conversations]
        return [len(encoding) for encoding in self.tokenizer.encode_batch_fast(texts, add_special_tokens=False)]

    def tokens(self, messages: Messages) -> list[Token]:
        """The tokens of a conversation. If it ends with an answer, that and its end-of-turn token are trained.

        A token that holds the answer's first or last characters and some of the template's is trained, as in Axolotl.

        Raises:
            RecipeError: the chat template fails, or refuses these messages.
        """
        text = self.text(messages)
        before, _, after = self.text([*messages[:-1], {**messages[-1], "content": _MARK}]).partition(_MARK)
        encoding = self.tokenizer.encode(text, add_special_tokens=False)
        starts, stops = [start for start, _ in encoding.offsets], [stop for _, stop in encoding.offsets]
        begin = len(before) + untrained_in(messages)
        first, last = bisect_right(stops, begin), bisect_left(starts, len(text) - len(after))
        trained = {*range(first, last), *self._ends(encoding.tokens, last)}
        if messages[-1]["role"] != "assistant":
            trained = set()
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
    special = tuple(token for token in found.special.values() if token)
    try:
        tokenizer = _tokenizer(found.file, special, stamp(found.file))
    except Exception as error:  # the library raises bare exceptions
        raise RecipeError([plan.recipe.problem(("student",), f"{found.file} cannot be read: {error}")]) from None
    layout = load_layout(plan, found.template, {**found.special, **found.variables})
    return Chat(found.file, tokenizer, layout, found.ends)


@lru_cache(maxsize=2)
def _tokenizer(file: Path, special: tuple[str, ...], _stamp: object) -> Tokenizer:
    """A tokenizer that cuts and pads nothing. The cells of a study have one, which is slow to read."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(file))
    # A tokenizer.json remembers how it was last used; a row must be counted whole.
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.add_special_tokens(list(special))
    return tokenizer
