"""Questions that are others, copied, edited or reworded: n-grams and rare words find candidates, scores decide."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from cgd_recipes.curation.evaluated import Evaluated
from cgd_recipes.curation.reworded import Stories

NGRAM = 8
"""Words of an n-gram. Numbers stand for any number, so that a question with other numbers shares all its n-grams."""
SHORT = 12
"""A question of fewer words is short: it must match with its numbers, and with a threshold of its own."""
SHORT_NGRAM = 4
TOLD = 20
"""A question of so many words of three letters and more tells something, and is the same one with other numbers. One of fewer,
such as "What is the value of ...", is another one with other numbers."""
_LEAST_CONTAINED = 6  # words of a short question that may stand inside a longer one
_MOST_CANDIDATES = 20
_STORY = 15
"""A question of so many words of three letters and more, and without a formula, is a story, which may be told in other words.
In formulas, the same few words and numbers are often another question."""
_FORMULA = re.compile(r"[\\^=\[]")
_WORD = re.compile(r"[^\W\d_]+|\d[\d,]*(?:\.\d+)?|[+*/^=<>\u2212]|(?<![a-z])-|-(?![a-z])")


class Match(NamedTuple):
    """A question that is evaluated on, and that another one holds.

    Attributes:
        question: the one that is evaluated on.
        score: the larger of `overlap` and `similarity`; of a reworded story, `words`.
        overlap: share of its n-grams that the other one has.
        similarity: of both texts, 0 to 1 (rapidfuzz, normalised Indel).
        same_numbers: whether all its numbers are in the other one.
        words: share of the words in common, by their weight, of a story that is told in other words; 0 where that was not asked.
    """

    question: Evaluated
    score: float
    overlap: float
    similarity: float
    same_numbers: bool
    words: float = 0.0


class Thresholds(NamedTuple):
    """The least scores of a match.

    Attributes:
        long: of a question.
        short: of a short question.
        reworded: of a story that is told in other words.
    """

    long: float
    short: float
    reworded: float


class _Known(NamedTuple):
    question: Evaluated
    plain: str
    ngrams: int
    words: int
    numbers: frozenset[str]
    is_told: bool


def words_of(text: str) -> list[str]:
    """The words, numbers and operators of a text, in lower case, without commas in numbers."""
    return [word.replace(",", "") for word in _WORD.findall(text.lower())]


class Index:
    """The n-grams of the questions that are evaluated on. Its memory does not depend on how many rows are looked up.

    Attributes:
        sha256: of the questions, with their sources and ids.

    Args:
        questions: all of them.
        thresholds: the least scores of a match.

    Raises:
        ModuleNotFoundError: rapidfuzz is not installed.
    """

    def __init__(self, questions: Iterable[Evaluated], thresholds: Thresholds):
        from rapidfuzz.fuzz import ratio

        self._ratio, self._thresholds, self._stories = ratio, thresholds, Stories()
        self._known: list[_Known] = []
        self._long: dict[str, list[int]] = {}
        self._short: dict[str, list[int]] = {}
        digest = hashlib.sha256()
        for question in questions:
            self._add(question)
            digest.update(f"{question.source}\0{question.id}\0{question.text}\0".encode(errors="replace"))
        self.sha256 = digest.hexdigest()

    def __len__(self) -> int:
        return len(self._known)

    def _add(self, question: Evaluated) -> None:
        words, place = words_of(question.text), len(self._known)
        is_short = len(words) < SHORT
        grams = _ngrams(words, min(SHORT_NGRAM, len(words))) if is_short else _ngrams(_masked(words), NGRAM)
        plain = " ".join(words if is_short else _masked(words))
        is_told, numbers = _length(words) >= TOLD, _numbers(words)
        self._known.append(_Known(question, plain, len(grams), len(words), numbers, is_told))
        if _is_story(question.text, words):
            self._stories.add(place, frozenset(words), numbers)
        index = self._short if is_short else self._long
        for gram in grams:
            index.setdefault(gram, []).append(place)

    def matches(self, text: str) -> list[Match]:
        """The questions that a text is, or holds, copied or edited; the best first."""
        words = words_of(text)
        masked, numbers = _masked(words), _numbers(words)
        plain, found = " ".join(masked), self._short_matches(words)
        for known, overlap in self._candidates(_ngrams(masked, NGRAM), self._long):
            similarity = self._ratio(known.plain, plain) / 100
            score, same_numbers = max(similarity, overlap), known.numbers <= numbers
            if score >= self._thresholds.long and (same_numbers or known.is_told):
                found.append(Match(known.question, score, overlap, similarity, same_numbers))
        if not found and _is_story(text, words):
            for place, score in self._stories.find(frozenset(words), numbers, self._thresholds.reworded):
                known = self._known[place]
                similarity = self._ratio(known.plain, plain) / 100
                found.append(Match(known.question, score, 0.0, similarity, True, score))
        return sorted(found, key=lambda match: (-match.score, match.question.source, match.question.id))

    def _short_matches(self, words: list[str]) -> list[Match]:
        plain, numbers, found = " ".join(words), _numbers(words), []
        sizes = range(1, SHORT_NGRAM) if len(words) < SHORT_NGRAM else (SHORT_NGRAM,)
        for known, overlap in self._candidates({gram for size in sizes for gram in _ngrams(words, size)}, self._short):
            similarity = self._ratio(known.plain, plain) / 100
            is_inside = known.words >= _LEAST_CONTAINED and f" {known.plain} " in f" {plain} "
            score = 1.0 if is_inside else similarity
            if score >= self._thresholds.short and known.numbers <= numbers:
                found.append(Match(known.question, score, overlap, similarity, True))
        return found

    def _candidates(self, grams: set[str], index: dict[str, list[int]]) -> list[tuple[_Known, float]]:
        hits = Counter(place for gram in grams if gram in index for place in index[gram])
        best = [(self._known[place], count) for place, count in hits.most_common(_MOST_CANDIDATES)]
        return [(known, count / known.ngrams) for known, count in best]


def _ngrams(words: list[str], size: int) -> set[str]:
    return {" ".join(words[start : start + size]) for start in range(len(words) - size + 1)} if size else set()


def _length(words: list[str]) -> int:
    """Words of three letters and more."""
    return sum([len(word) > 2 and word.isalpha() for word in words])


def _is_story(text: str, words: list[str]) -> bool:
    return len(words) >= _STORY and not _FORMULA.search(text) and _length(words) >= _STORY


def _masked(words: list[str]) -> list[str]:
    return ["0" if word[0].isdigit() else word for word in words]


def _numbers(words: list[str]) -> frozenset[str]:
    return frozenset(word for word in words if word[0].isdigit())
