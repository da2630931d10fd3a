"""What makes two scores incomparable: another grader, prompt, limit, version, or other questions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from cgd_recipes.reporting.evaluations import Benchmark

_LONG = 60
_PROMPT = ("system prompt", "chat template", "examples in the prompt", "task version")


class Mismatch(NamedTuple):
    """One way in which a benchmark was run differently.

    Attributes:
        benchmark: its name.
        fact: what differs.
        here: its value for the one model, short.
        there: for the other.
    """

    benchmark: str
    fact: str
    here: str
    there: str

    def __str__(self) -> str:
        return f"{self.benchmark}: {self.fact} differs: {self.here} / {self.there}"


def mismatches(here: Mapping[str, Benchmark], there: Mapping[str, Benchmark]) -> list[Mismatch]:
    """Every way in which two models' common benchmarks were run differently; see `_facts` and `_questions`."""
    found: list[Mismatch] = []
    for name in here:
        if name in there:
            found += _facts(here[name], there[name])
            found += _questions(here[name], there[name], any(each.fact in _PROMPT for each in found))
    return found


def _facts(here: Benchmark, there: Benchmark) -> Iterator[Mismatch]:
    """Facts that both know, and that differ."""
    for fact, value in here.facts.items():
        other = there.facts.get(fact)
        if value is not None and other is not None and value != other:
            yield Mismatch(here.name, fact, *_short(value, other))


def _questions(here: Benchmark, there: Benchmark, prompts_are_told: bool) -> Iterator[Mismatch]:
    """Questions that only one of them has, and prompts of the same question that differ without another reason."""
    mine = {question.key: question for question in here.questions}
    others = {question.key: question for question in there.questions}
    both = mine.keys() & others.keys()
    if mine.keys() != others.keys():
        yield Mismatch(
            here.name, "set of questions", *(f"{len(each)}, {len(both)} in common" for each in (mine, others))
        )
    differ = [
        key for key in both if None not in (pair := (mine[key].prompt, others[key].prompt)) and pair[0] != pair[1]
    ]
    if differ and not prompts_are_told:
        yield Mismatch(here.name, "prompt", f"that of {len(differ)} of {len(both)} questions", "the same questions")


def _short(here: str, there: str) -> tuple[str, str]:
    """Both values, shortened to where they begin to differ; an empty one is said to be."""
    same = next((place for place, pair in enumerate(zip(here, there, strict=False)) if pair[0] != pair[1]), 0)
    start = max(0, same - 20) if max(len(here), len(there)) > _LONG else 0
    return _cut(here, start), _cut(there, start)


def _cut(text: str, start: int) -> str:
    if not text:
        return "none"
    shown = text[start : start + _LONG].replace("\n", "\\n")
    return f"{'...' if start else ''}{shown}{'...' if len(text) > start + _LONG else ''}"
