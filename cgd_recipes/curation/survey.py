"""What a data report shows of rows besides figures: lengths, clusters, and the rows themselves, in flat memory."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from cgd_recipes.curation.protocol import Entry, Share
from cgd_recipes.data.measure import Measure
from cgd_recipes.data.verdict import UNREADABLE

TEXTS = ("question", "student_response", "critique", "refined_response", "teacher_response", "reference")
WORST, SAMPLE, MATCHES, CLUSTERS = 150, 50, 50, 30
_LONGEST = 6_000
"""Characters of a text that are shown. A text of a million would make the page unusable."""
STEP = 4
"""Tokens: lengths are counted to this precision."""
_NO_FAULT = ("student_accuracy", "student_answered", "leakage_right", "leakage_wrong")
"""Figures that say nothing bad of a row, since students may be wrong, or nothing that another one does not."""


@dataclass
class Shown:
    """A row as it is shown.

    Attributes:
        id: its name.
        facts: as it came.
        texts: field -> text, before anything was changed.
        faults: names of the figures that it speaks against.
        notes: what else was found.
        fate: why it was dropped; empty where it is used or was not reached.
    """

    id: str
    facts: dict[str, str]
    texts: dict[str, str]
    faults: list[str]
    notes: dict[str, Any]
    fate: str = ""


@dataclass
class Survey:
    """Collects what is shown.

    Attributes:
        measure: how tokens are estimated.
        shares: figures that rows speak against.
        lengths: field -> tokens, to four of them -> texts.
        clusters: field and id of the first row of a cluster -> rows that repeat it.
        sample: the first rows of the draw, whose order is seeded.
        matches: the first contaminated rows.
    """

    measure: Measure
    shares: Sequence[Share]
    lengths: dict[str, Counter[int]] = field(default_factory=dict)
    clusters: Counter[tuple[str, str]] = field(default_factory=Counter)
    sample: list[Shown] = field(default_factory=list)
    matches: list[Shown] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._worst: list[tuple[int, int, Shown]] = []
        self._faults: dict[tuple[tuple[str, str], ...], list[str]] = {}
        self._seen, self._shown = 0, dict[int, Shown]()

    def add(self, entry: Entry) -> None:
        """Take an examined row, before anything is dropped or changed."""
        self._seen += 1
        entry.notes["place"] = self._seen
        for name in TEXTS:
            text = entry.row.fields.get(name)
            if text:
                tokens = len(text) / self.measure.characters_per_token
                self.lengths.setdefault(name, Counter())[int(tokens // STEP) * STEP] += 1
        for name in ("question", "refined_response"):
            if name in entry.notes.get("twins", {}):
                self.clusters[name, entry.notes["twins"][name]] += 1
        faults = self._faults_of(entry)
        # Of rows with as many faults, the first are kept.
        place = (len(faults), -self._seen)
        is_worst = bool(faults) and (len(self._worst) < WORST or place > self._worst[0][:2])
        is_match = "contamination" in entry.notes and len(self.matches) < MATCHES
        if not (is_worst or is_match or len(self.sample) < SAMPLE):
            return
        shown = Shown(entry.row.id, dict(entry.facts), _texts(entry), faults, entry.notes)
        self._shown[self._seen] = shown
        if is_worst:
            (heapq.heappush if len(self._worst) < WORST else heapq.heapreplace)(self._worst, (*place, shown))
        if is_match:
            self.matches.append(shown)
        if len(self.sample) < SAMPLE:
            self.sample.append(shown)

    def drop(self, entry: Entry, why: str) -> None:
        """Say of an examined row why it is dropped."""
        if entry.notes["place"] in self._shown:
            self._shown[entry.notes["place"]].fate = why

    def _faults_of(self, entry: Entry) -> list[str]:
        key = tuple(sorted(entry.facts.items()))
        if key not in self._faults:
            against = [each for each in self.shares if each.asks(entry.facts) and each.has(entry.facts) != each.is_good]
            self._faults[key] = [each.name for each in against if each.name not in _NO_FAULT]
        return self._faults[key]

    @property
    def rows(self) -> list[Shown]:
        """The worst rows, worst first, and then the sample."""
        worst = [shown for _, _, shown in sorted(self._worst, key=lambda item: item[:2], reverse=True)]
        return [*worst, *(shown for shown in self.sample if all(shown is not other for other in worst))]


def _texts(entry: Entry) -> dict[str, str]:
    fields = entry.row.fields
    texts = {name: str(fields[name]) for name in TEXTS if fields.get(name) and fields[name] != UNREADABLE}
    return {
        name: text if len(text) <= _LONGEST else f"{text[:_LONGEST]} [{len(text) - _LONGEST:,} characters more]"
        for name, text in texts.items()
    }
