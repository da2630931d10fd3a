"""Questions that one model solved and the other did not, with both answers."""

from __future__ import annotations

from typing import NamedTuple

from cgd_recipes.reporting.evaluations import Benchmark, Model, Question

MOST = 25
"""Cases of each kind and benchmark that a report shows; the clearest ones."""
_LONGEST = 3_000


class Case(NamedTuple):
    """One question on which two models differ.

    Attributes:
        benchmark: its name.
        kind: `lost` or `won`, as seen from the model.
        question: its text.
        gold: the right answer.
        scores: share of right samples, of the baseline and of the model.
        answers: a typical answer of each: of the kind that most samples are.
    """

    benchmark: str
    kind: str
    question: str
    gold: str
    scores: tuple[float, float]
    answers: tuple[str, str]


def cases(baseline: Model, model: Model) -> list[Case]:
    """The clearest cases of every common benchmark, lost ones first."""
    here, there = baseline.benchmarks, model.benchmarks
    found = [case for name in here if name in there for case in _cases(here[name], there[name])]
    return sorted(found, key=lambda case: case.kind)


def _cases(here: Benchmark, there: Benchmark) -> list[Case]:
    before = {question.key: question for question in here.questions}
    pairs = [(before[question.key], question) for question in there.questions if question.key in before]
    differing = [pair for pair in pairs if pair[0].score != pair[1].score]
    lost = [pair for pair in differing if pair[0].score > pair[1].score]
    won = [pair for pair in differing if pair[0].score < pair[1].score]
    return [_case(here.name, "lost", *pair) for pair in _clearest(lost)] + [
        _case(here.name, "won", *pair) for pair in _clearest(won)
    ]


def _clearest(pairs: list[tuple[Question, Question]]) -> list[tuple[Question, Question]]:
    return sorted(pairs, key=lambda pair: -abs(pair[0].score - pair[1].score))[:MOST]


def _case(name: str, kind: str, here: Question, there: Question) -> Case:
    answers = (_typical(here), _typical(there))
    return Case(name, kind, _cut(here.text), _cut(here.gold), (here.score, there.score), answers)


def _typical(question: Question) -> str:
    """The first answer that is right where most are, and wrong where most are wrong; what is not text is said to be none."""
    wanted = question.score >= 0.5
    scored = zip(question.texts, question.scores, strict=False)
    return _cut(next((text for text, score in scored if (score >= 0.5) == wanted), next(iter(question.texts), "")))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ... ({len(text):,} characters)"
