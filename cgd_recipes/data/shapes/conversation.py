"""One conversation, trained on its last message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cgd_recipes.data.shapes.protocol import Messages, Record


class Conversation:
    """`{id, messages}`."""

    def record(self, row_id: str, prompt: Messages, texts: Mapping[str, str]) -> Record:
        """An example as it is written."""
        return {"id": row_id, "messages": [*prompt, {"role": "assistant", "content": texts["assistant"]}]}

    def conversations(self, record: Mapping[str, Any]) -> dict[str, Messages]:
        """The one conversation."""
        return {"example": record["messages"]}

    def answer(self, record: Mapping[str, Any]) -> str:
        """The text of the last message."""
        return str(record["messages"][-1]["content"])
