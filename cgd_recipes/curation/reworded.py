"""Stories that are told again in other words: the numbers are the same, and so are the words that few stories have."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from math import log
from typing import NamedTuple

FEWEST_NUMBERS = 2
"""Different numbers of a story. Of one number, many other stories tell too."""


class _Story(NamedTuple):
    place: int
    words: frozenset[str]
    numbers: frozenset[str]


class _Lookup(NamedTuple):
    """What is known of all stories together.

    Attributes:
        by_number: number -> the stories of which it is the rarest one, each with the weight of its words.
        weights: word -> its weight.
        unknown: weight of a word that no story has.
    """

    by_number: dict[str, list[tuple[_Story, float]]]
    weights: dict[str, float]
    unknown: float


class Stories:
    """Stories by their numbers and words.

    A word weighs the more, the fewer stories have it: log((n + 1) / stories with it), for n stories.
    """

    def __init__(self) -> None:
        self._stories: list[_Story] = []

    def add(self, place: int, words: frozenset[str], numbers: frozenset[str]) -> None:
        """Add a story under a number of its own, before any is looked for; one with fewer than two numbers is left out."""
        if len(numbers) >= FEWEST_NUMBERS:
            self._stories.append(_Story(place, words, numbers))

    @cached_property
    def _lookup(self) -> _Lookup:
        having = Counter(word for story in self._stories for word in story.words)
        weights = {word: log((len(self._stories) + 1) / count) for word, count in having.items()}
        by_number: dict[str, list[tuple[_Story, float]]] = {}
        for story in self._stories:
            rarest = min(story.numbers, key=lambda number: (having[number], number))
            by_number.setdefault(rarest, []).append((story, sum(weights[word] for word in story.words)))
        return _Lookup(by_number, weights, log(len(self._stories) + 1))

    def find(self, words: frozenset[str], numbers: frozenset[str], threshold: float) -> list[tuple[int, float]]:
        """Stories that a text tells with all their numbers, and their scores.

        A score is the share of the words in common, by weight, of those of the story or of the text: the smaller share.
        """
        if len(numbers) < FEWEST_NUMBERS:
            return []
        lookup, found = self._lookup, list[tuple[int, float]]()
        close = [
            (story, own)
            for number in numbers
            for story, own in lookup.by_number.get(number, ())
            if story.numbers <= numbers
        ]
        if close:
            weights, whole = lookup.weights, sum(lookup.weights.get(word, lookup.unknown) for word in words)
            for story, own in close:
                score = sum(weights[word] for word in story.words & words) / max(whole, own)
                if score >= threshold:
                    found.append((story.place, score))
        return found
