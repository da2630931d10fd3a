"""What a shape does: it says how a method's texts become one example, and what of it is trained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

Messages = Sequence[Mapping[str, Any]]
Record = dict[str, Any]
"""An example as it is written to the dataset."""


class Shape(Protocol):
    """The shape of a method's examples."""

    def record(self, row_id: str, prompt: Messages, texts: Mapping[str, str], untrained: int = 0) -> Record:
        """An example as it is written.

        Args:
            row_id: the name of its row.
            prompt: the messages before the answer.
            texts: what the method's other templates gave, by their keys.
            untrained: characters at the beginning of the answer that are not trained.
        """

    def conversations(self, record: Mapping[str, Any]) -> dict[str, Messages]:
        """The whole conversations of an example by what they are called; the last message of each, if it is an answer, is trained."""

    def answer(self, record: Mapping[str, Any]) -> str:
        """The text that the student is to learn."""
