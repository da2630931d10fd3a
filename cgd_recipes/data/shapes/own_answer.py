"""A question that the student answers by itself, and what a teacher knows beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cgd_recipes.data.shapes.protocol import Messages, Record


class OwnAnswer:
    """`{id, prompt, privileged_context}`; the teacher sees the context under the question, after an empty line."""

    def record(self, row_id: str, prompt: Messages, texts: Mapping[str, str], untrained: int = 0) -> Record:
        """An example as it is written."""
        return {"id": row_id, "prompt": list(prompt), "privileged_context": texts["context"]}

    def conversations(self, record: Mapping[str, Any]) -> dict[str, Messages]:
        """What the student sees, and what the teacher sees; the answer that is trained is not known before training."""
        *before, asked = record["prompt"]
        return {"student": record["prompt"], "teacher": [*before, _with(asked, record["privileged_context"])]}

    def answer(self, record: Mapping[str, Any]) -> str:
        """The text of the context, from which the student is to learn."""
        return str(record["privileged_context"])


def _with(asked: Mapping[str, str], context: str) -> dict[str, str]:
    return {**asked, "content": f"{asked['content']}\n\n{context}"}
