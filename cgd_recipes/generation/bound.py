"""A stage with the model and the sampling that answer it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

import orjson

from cgd_recipes.files.hashes import hashed_files
from cgd_recipes.generation.engines.protocol import Message, Request, Sampling
from cgd_recipes.generation.stage import Stage


@dataclass(frozen=True)
class BoundStage:
    """A stage with what answers it.

    Attributes:
        stage: as read from its file.
        model: name of the model, as the recipe gives it.
        sampling: of the role, with the stage's own settings over it.
        thinking: how the model marks its thinking; see `separate`.
        finish_reasons: further ones that mean a whole answer.
        marks_as_text: marks that are text in its answers.
        extra_body: fields added to every request.
        earlier: the stage whose conversation goes on; None where this one begins its own.
        first_seed: of the first of several samples, each of which has the next one; None where the seed is that of `sampling`.
        state: hash of the model's folder, where the run loads it from one: a model that was trained anew is another.
    """

    stage: Stage
    model: str
    sampling: Sampling
    thinking: str
    finish_reasons: tuple[str, ...]
    marks_as_text: tuple[str, ...]
    extra_body: dict[str, Any]
    earlier: Stage | None
    first_seed: int | None = None
    state: str | None = None

    def request(
        self,
        row_id: str,
        messages: Iterable[Message],
        *,
        sample: int = 0,
        attempt: int = 1,
        schema: dict[str, Any] | None = None,
    ) -> Request:
        """The request for one row; its key is the SHA-256 of all that the answer depends on."""
        turns, sampling = tuple(messages), self.sampling
        if self.first_seed is not None:
            sampling = sampling._replace(seed=self.first_seed + sample)
        content = orjson.dumps(
            [self.stage.name, self.model, list(sampling), *self._extra, [list(turn) for turn in turns], schema]
        )
        return Request(
            key=sha256(content).hexdigest(),
            stage=self.stage.name,
            row_id=row_id,
            role=self.stage.role,
            model=self.model,
            messages=turns,
            sampling=sampling,
            attempt=attempt,
            schema=schema,
        )

    @cached_property
    def _extra(self) -> list[str]:
        extra = orjson.dumps(self.extra_body, option=orjson.OPT_SORT_KEYS).decode()
        return [extra, self.state] if self.state else [extra]

    def describe(self) -> dict[str, Any]:
        """What the generated rows depend on, for manifests."""
        return {
            "files": {file["file"]: file["sha256"] for file in hashed_files(self.stage.files)},
            "model": self.model,
            **({"state": self.state} if self.state else {}),
            "sampling": {**self.sampling._asdict(), "stop": list(self.sampling.stop)},
            "thinking": self.thinking,
            "extra_body": self.extra_body,
            **({"finish_reasons": list(self.finish_reasons)} if self.finish_reasons else {}),
            **({"marks_as_text": list(self.marks_as_text)} if self.marks_as_text else {}),
            **({"first_seed": self.first_seed} if self.first_seed is not None else {}),
        }
