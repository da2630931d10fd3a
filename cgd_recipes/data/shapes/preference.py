"""A prompt with a chosen and a rejected answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cgd_recipes.data.shapes.protocol import Messages, Record


class PreferencePair:
    """`{id, messages, chosen, rejected}`."""

    def record(self, row_id: str, prompt: Messages, texts: Mapping[str, str], untrained: int = 0) -> Record:
        """An example as it is written."""
        chosen = {"role": "assistant", "content": texts["assistant"]}
        rejected = {"role": "assistant", "content": texts["rejected"]}
        return {"id": row_id, "messages": list(prompt), "chosen": chosen, "rejected": rejected}

    def conversations(self, record: Mapping[str, Any]) -> dict[str, Messages]:
        """The chosen and the rejected conversation."""
        return {part: [*record["messages"], record[part]] for part in ("chosen", "rejected")}

    def answer(self, record: Mapping[str, Any]) -> str:
        """The text of the chosen answer."""
        return str(record["chosen"]["content"])
