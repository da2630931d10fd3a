"""What becomes of rows, counted in one place, and the list of those that are not used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import IO

import orjson

from cgd_recipes.data.rejections import Reason, Rejection
from cgd_recipes.data.rows import Origin
from cgd_recipes.data.source import Source


class Change(Enum):
    """How the text of an example was changed before it was written. The value is the end of a warning."""

    NEUTRALISED = "hold text that looks like a control token; it was neutralised"
    END_MARK_CUT = "end with a mark for the end of a turn, which is no part of the answer; it was cut"
    THINKING_CUT = "begin with thinking, which is no part of the answer; it was cut ('thinking' keeps or trains it)"


@dataclass
class Counts:
    """What became of the rows.

    Attributes:
        read: records in the source.
        rejections: why rows could not be used -> how many.
        dropped: why usable rows were dropped by `curate` -> how many.
        left_out: usable rows that the method does not train on (`where`).
        of_other_splits: split -> usable rows that say in their column `split` that they are of it, and not of the one to read.
        examples: training examples written.
        changed: examples whose text was changed, by how.
        verdicts: verdict -> examples.
        characters: of all trained texts.
        methods: method -> examples that it rendered.
    """

    read: int = 0
    rejections: Counter[Rejection] = field(default_factory=Counter)
    dropped: Counter[Rejection] = field(default_factory=Counter)
    left_out: int = 0
    of_other_splits: Counter[str] = field(default_factory=Counter)
    examples: int = 0
    changed: Counter[Change] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    characters: int = 0
    methods: Counter[str] = field(default_factory=Counter)

    def add(self, *, verdict: str, characters: int, changes: Iterable[Change]) -> None:
        """Count one example that is written.

        Args:
            verdict: of its row's critique.
            characters: of its trained text.
            changes: what was changed in it.
        """
        self.examples += 1
        self.verdicts[verdict] += 1
        self.characters += characters
        self.changed.update(changes)

    @property
    def rejected(self) -> Counter[str]:
        """Why rows could not be used, in words -> how many."""
        return Counter({rejection.text: count for rejection, count in self.rejections.items()})

    @property
    def neutralised(self) -> int:
        """Examples in which text was taken for a control token."""
        return self.changed[Change.NEUTRALISED]

    @property
    def not_drawn(self) -> int:
        """Usable rows beyond `data.sample`."""
        return self.read - self.rejections.total() - self.dropped.total() - self.left_out - self.examples


class Rejects:
    """Counts every row that is not used, and writes one line for each that could not be used, or was dropped.

    Args:
        handle: open binary file.
        source: for the names of files.
        counts: where to count.
    """

    def __init__(self, handle: IO[bytes], source: Source, counts: Counts):
        self._handle, self._source, self._counts = handle, source, counts

    def add(self, row_id: str | None, origin: Origin, rejection: Rejection, **facts: int) -> None:
        """Count one row that is not used; the facts are listed with it and not counted."""
        if rejection.reason is Reason.NOT_FOR_THE_METHOD:
            self._counts.left_out += 1
            return
        counted = self._counts.dropped if rejection.reason is Reason.CURATED else self._counts.rejections
        counted[rejection] += 1
        entry = {
            "id": row_id and row_id.encode(errors="replace").decode(),
            "file": self._source.describe_file(origin.file),
            "line": origin.line,
            "reason": rejection.text.encode(errors="replace").decode(),
            **facts,
        }
        self._handle.write(orjson.dumps(entry, option=orjson.OPT_APPEND_NEWLINE))
