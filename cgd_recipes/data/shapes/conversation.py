"""One conversation, trained on its last message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cgd_recipes.data.shapes.protocol import Messages, Record
from cgd_recipes.trainers.protocol import UNTRAINED


class Conversation:
    """`{id, messages}`."""

    def record(self, row_id: str, prompt: Messages, texts: Mapping[str, str], untrained: int = 0) -> Record:
        """An example as it is written."""
        answer = {"role": "assistant", "content": texts["assistant"]}
        return {"id": row_id, "messages": [*prompt, {**answer, **_detail(len(texts["assistant"]), untrained)}]}

    def conversations(self, record: Mapping[str, Any]) -> dict[str, Messages]:
        """The one conversation."""
        return {"example": record["messages"]}

    def answer(self, record: Mapping[str, Any]) -> str:
        """What of the last message is trained."""
        return str(record["messages"][-1]["content"])[untrained_in(record["messages"]) :]


def untrained_in(messages: Messages) -> int:
    """Characters at the beginning of the last message that are not trained, although the rest of it is."""
    first = next(iter(messages[-1].get(UNTRAINED) or ()), None)
    return 0 if first is None or first["train"] else first["end_offset"] + 1


def _detail(length: int, untrained: int) -> dict[str, Any]:
    """Both parts of an answer, their ends included; nothing where all of it is trained."""
    if not untrained:
        return {}
    ends = [(0, untrained - 1, False), (untrained, length - 1, True)]
    return {UNTRAINED: [{"begin_offset": begin, "end_offset": end, "train": train} for begin, end, train in ends]}
