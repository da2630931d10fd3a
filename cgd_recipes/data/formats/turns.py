"""Row fields from conversations: lists of messages, each with a role and a text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cgd_recipes.data.formats.protocol import RowFields
from cgd_recipes.data.rejections import Reason, RowError

_UNTRAINED = ("train", "training", "loss")
"""Keys by which a message says that it is not to be trained, with false; `weight` says so with 0."""
_TEXTS = ("text", "input_text", "output_text")
"""Types of a message's parts that are text."""
_BESIDES = ("tool_calls", "function_call", "refusal")
"""Keys of a message with more than its text."""


def read_turns(record: Mapping[str, Any], turns: Mapping[str, Any]) -> RowFields:
    """One question and its answer from a conversation.

    A system message is not taken: the recipe's `system_prompt` is the one of training and of evaluation.

    Args:
        turns: `column`, the keys of `role` and `content` in a message, the `roles` (as written -> user, assistant or
            system), and the `fields` (row field -> role).
    """
    column, messages = turns["column"], record[turns["column"]]
    said: list[tuple[str, str]] = []
    for message in messages if isinstance(messages, list | tuple) else [None]:
        if not isinstance(message, Mapping):
            raise RowError(Reason.TURNS_UNKNOWN, column)
        role = turns["roles"].get(str(_first(message, turns["role"])).lower())
        text = _text(_first(message, turns["content"]))
        if role is None or text is None:
            raise RowError(Reason.TURNS_UNKNOWN, column)
        if role == "assistant":
            _check_answer(message, column)
        if role != "system":
            said.append((role, text))
    if [role for role, _ in said] != ["user", "assistant"]:
        raise RowError(Reason.TURNS_NOT_A_PAIR, column)
    by_role = dict(said)
    return {name: by_role[role] for name, role in turns["fields"].items()}


def _first(message: Mapping[str, Any], keys: str | list[str]) -> Any:
    """What a message holds under the first of several keys that is there."""
    found = (message.get(key) for key in ([keys] if isinstance(keys, str) else keys))
    return next((value for value in found if value is not None), None)


def _check_answer(message: Mapping[str, Any], column: str) -> None:
    """Refuse an answer that is not to be trained, or is more than its text."""
    weighs_nothing = str(message.get("weight")).lower() in ("0", "0.0", "false")
    if weighs_nothing or any(message.get(key) is False for key in _UNTRAINED):
        raise RowError(Reason.TURNS_UNTRAINED, column)
    for key in _BESIDES:
        if message.get(key):
            raise RowError(Reason.COLUMN_UNREAD, column, key)


def single_text(value: Any, column: str) -> Any:
    """The text of a list with one message, as `prompt` and `completion` may be; anything else as it is."""
    messages = [message for message in value if isinstance(message, Mapping)] if isinstance(value, list) else []
    spoken = [message for message in messages if message.get("role") != "system"]
    if len(spoken) == 1 and len(messages) == len(value):
        _check_answer(spoken[0], column)
        text = _text(spoken[0].get("content"))
        return value if text is None else text
    return value


def _text(content: Any) -> str | None:
    """A message's text, given as it is or as a list of parts; None where it has another part than text."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) and content else [None]
    texts = [part.get("text") if isinstance(part, Mapping) and part.get("type") in _TEXTS else None for part in parts]
    return "".join(map(str, texts)) if all(isinstance(text, str) for text in texts) else None
