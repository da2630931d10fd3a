"""Repetition: rows whose question or refined answer another row has as well, the same or nearly so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from heapq import nsmallest
from importlib.metadata import version
from typing import Any, ClassVar, NamedTuple

from xxhash import xxh3_64_intdigest

from cgd_recipes.curation.protocol import Entry, Filter, Share, because
from cgd_recipes.data.filters.protocol import Drop
from cgd_recipes.data.measure import Measure
from cgd_recipes.errors import RecipeError
from cgd_recipes.recipe.plan import Plan

LISTING = "repetition.jsonl"
FIELDS = {"questions": "question", "refined": "refined_response"}
"""Key of `curate.repetition` -> the field. The fact `repeated_` and the key is `first`, `same` or `near`."""
_VALUES = ("first", "same", "near")
SHARES = tuple(
    Share(name, f"{words} that repeat an earlier one", {name: _VALUES}, {name: _VALUES[1:]}, False)
    for name, words in (("repeated_questions", "questions"), ("repeated_refined", "refined answers"))
)
_PERMUTATIONS, _BANDS = 128, 16
"""Of texts with a similarity of 0.8, 95 % share a band. With 32 bands half of all questions of one template would."""
_MOST_COMPARED = 64
"""Rows that share a band and are compared, the first ones; of questions of one template there may be thousands."""
_SHINGLE = 3  # words
_WORD = re.compile(r"\w+|[^\w\s]")
_HOW = {"same": "the same as", "near": "nearly the same as"}
_INSTALL = "near duplicates need the package 'rensa'; run: pip install 'cgd-recipes[curate]'"


class Twin(NamedTuple):
    """An earlier row with the same text, or nearly so.

    Attributes:
        cluster: id of the first row of its kind.
        how: `same`, or `near`.
        similarity: Jaccard similarity of their three-word shingles, estimated.
    """

    cluster: str
    how: str
    similarity: float


class Looked(NamedTuple):
    """What was found of a text.

    Attributes:
        twin: an earlier row; None where there is none.
        key: hash of the text.
        sketch: its MinHash, where one was made.
    """

    twin: Twin | None
    key: int
    sketch: Any


class Seen:
    """Texts that came before, by a hash of what they are but for case and white space, and, where asked, by MinHash; no text is kept.

    Args:
        near: least similarity of near duplicates; None looks for the same text only.

    Raises:
        ModuleNotFoundError: near duplicates are asked for, and rensa is not installed.
    """

    def __init__(self, near: float | None):
        self._near, self._exact = near, dict[int, str]()
        self._sketches: list[tuple[str, Any]] = []
        if near is not None:
            from rensa import RMinHash, RMinHashLSH

            self._minhash = RMinHash
            self._lsh = RMinHashLSH(near, _PERMUTATIONS, _BANDS)

    def find(self, text: str) -> Looked:
        """The first row with this text, or one near it."""
        key = xxh3_64_intdigest("".join(text.casefold().split()).encode())
        if key in self._exact:
            return Looked(Twin(self._exact[key], "same", 1.0), key, None)
        if self._near is None:
            return Looked(None, key, None)
        sketch = self._minhash(_PERMUTATIONS, 42)
        sketch.update(_shingles(_WORD.findall(text.casefold())))
        return Looked(self._nearest(sketch), key, sketch)

    def add(self, row_id: str, looked: Looked) -> None:
        """Remember a row by what was found of its text; one that repeats another belongs to that one's cluster."""
        if looked.twin is None and looked.sketch is not None:
            self._lsh.insert(len(self._sketches), looked.sketch)
            self._sketches.append((row_id, looked.sketch))
        self._exact.setdefault(looked.key, looked.twin.cluster if looked.twin else row_id)

    def _nearest(self, sketch: Any) -> Twin | None:
        near = nsmallest(_MOST_COMPARED, self._lsh.query(sketch))
        found = [(sketch.jaccard(self._sketches[place][1]), -place) for place in near]
        similarity, place = max(found, default=(0.0, 0))
        if self._near is None or similarity < self._near:
            return None
        return Twin(self._sketches[-place][0], "near", round(similarity, 3))


def _shingles(words: list[str]) -> list[str]:
    return [" ".join(words[start : start + _SHINGLE]) for start in range(max(1, len(words) - _SHINGLE + 1))]


class Repetition(Filter):
    """Finds, lists and drops rows that repeat an earlier one, by `curate.repetition`."""

    reads = frozenset(FIELDS.values())
    shares: ClassVar[tuple[Share, ...]] = SHARES

    def __init__(self, plan: Plan, measure: Measure):
        self._recipe, self._section = plan.recipe, plan.recipe.curate["repetition"]
        self._dropped = [key for key in FIELDS if self._section[key] == "drop"]
        self.drops = bool(self._dropped)
        self._all, self._kept = dict[str, Seen](), dict[str, Seen]()

    def examine(self, entries: Sequence[Entry]) -> None:
        """Compare with all rows before, dropped ones included."""
        if not self._all:
            self._all, self._kept = self._start(FIELDS), self._start(self._dropped)
        for entry in entries:
            for key, seen in self._all.items():
                text = entry.row.fields.get(FIELDS[key])
                if not text:
                    continue
                looked = seen.find(text)
                seen.add(entry.row.id, looked)
                twin = looked.twin
                entry.facts[f"repeated_{key}"] = twin.how if twin else "first"
                if twin:
                    entry.notes.setdefault("twins", {})[FIELDS[key]] = twin.cluster
                    what = {"id": entry.row.id, "field": FIELDS[key], "cluster": twin.cluster}
                    entry.listed.setdefault(LISTING, []).append(
                        {**what, "how": twin.how, "similarity": twin.similarity, "text": text}
                    )

    def _start(self, keys: Sequence[str] | dict[str, str]) -> dict[str, Seen]:
        try:
            return {key: Seen(self._section["near"]) for key in keys}
        except ModuleNotFoundError:
            raise RecipeError([self._recipe.problem(("curate", "repetition", "near"), _INSTALL)]) from None

    def apply(self, entry: Entry) -> Drop | None:
        """Drop a row that repeats one that is kept. The first of its kind stays."""
        texts = {key: entry.row.fields.get(FIELDS[key]) for key in self._kept}
        found = {key: self._kept[key].find(text) for key, text in texts.items() if text}
        for key, looked in found.items():
            if looked.twin:
                word = FIELDS[key].replace("_", " ")
                return because(f"curate.repetition.{key}: the {word} is {_HOW[looked.twin.how]} that of an earlier row")
        for key, looked in found.items():
            self._kept[key].add(entry.row.id, looked)
        return None

    def inputs(self) -> dict[str, Any]:
        """The version of the library that finds near duplicates."""
        return {"rensa": version("rensa")} if self._section["near"] is not None else {}
