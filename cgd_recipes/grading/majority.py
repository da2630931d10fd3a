r"""Majority voting: which answer most samples of one question give, and how often that is the gold answer.

Wang et al., https://arxiv.org/abs/2203.11171 (self-consistency); also called maj@k and cons@k. Samples vote for a class of
equal answers, not for a text: `\frac{1}{2}` and `0.5` are votes for the same class.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction
from math import comb
from typing import NamedTuple

from cgd_recipes.grading.gold import MAX_LENGTH, Gold, Grade
from cgd_recipes.grading.notation.clean import clean, key
from cgd_recipes.grading.notation.number import as_number

SameAnswer = Callable[[Gold, str], bool | None]


class Vote(NamedTuple):
    """How the samples of one question vote.

    Args:
        right: samples that give the gold answer; they are one class.
        wrong: how many samples each class of equal wrong answers has, the largest first.
        silent: samples that do not vote, because they have no final answer or one that was cut off.
    """

    right: int
    wrong: tuple[int, ...] = ()
    silent: int = 0

    @property
    def samples(self) -> int:
        """How many samples there are, silent ones included."""
        return self.right + sum(self.wrong) + self.silent


def majority(gold: Gold, grades: Sequence[Grade], same: SameAnswer) -> Vote:
    """Group the samples of one question into classes of equal answers.

    Right answers are all equal to the gold answer, so they are one class. Wrong ones are grouped by their canonical text
    (numbers by their value) first, then each class joins the first earlier class that it is strictly equal to. "Cannot tell"
    is not equal. Answers that cannot be read vote too, for what they say word by word.

    Args:
        gold: the question's gold answer; its kind and unit say how wrong answers are compared, its tolerance does not apply.
        grades: of the samples, by any grader.
        same: whether an answer is a gold answer, such as `GradingPool.same` (with a time limit) or `strict.same_answer`.
    """
    voted = Counter(canonical(grade.answer) for grade in grades if grade.answered and not grade.correct)
    texts: dict[str, str] = {}
    for grade in grades:
        texts.setdefault(canonical(grade.answer), grade.answer)
    classes: dict[str, int] = {}
    for name, votes in voted.items():
        equal = next((other for other in classes if _equal(gold, texts[other], texts[name], same)), name)
        classes[equal] = classes.get(equal, 0) + votes
    silent = sum(not grade.answered and not grade.correct for grade in grades)
    return Vote(sum(grade.correct for grade in grades), tuple(sorted(classes.values(), reverse=True)), silent)


def canonical(answer: str) -> str:
    """A text that equal answers share where that is plain: the value of a number, else the text without layout."""
    if len(answer) > MAX_LENGTH:
        return answer
    number = as_number(clean(answer))
    return str(number.value) if number else key(answer)


def _equal(gold: Gold, first: str, second: str, same: SameAnswer) -> bool:
    """Whether two wrong answers are equal, whichever of them is taken for the gold answer."""
    exact = gold._replace(tolerance=None)
    return bool(same(exact._replace(text=first), second) or same(exact._replace(text=second), first))


def majority_at_k(vote: Vote, k: int) -> float:
    """The chance that the majority of k of the samples is right: the mean over all draws of k, as pass@k is.

    - The class with the most votes wins. Classes that tie win in equal shares: right and one wrong class with as many votes
      give 1/2.
    - Silent samples are drawn but have no vote. A draw in which nobody votes is wrong.

    With k = the number of samples there is one draw, and the result is 0, 1, or a share of a tie.

    Args:
        vote: what the samples say.
        k: how many samples vote, 1 to the number of samples.

    Raises:
        ValueError: k is out of range.
    """
    if not 1 <= k <= vote.samples:
        raise ValueError(f"majority@{k} needs {k} samples or more, there are {vote.samples}")
    won = Fraction(0)
    for votes in range(1, min(k, vote.right) + 1):
        ways = _ways(vote, votes, k - votes)
        won += comb(vote.right, votes) * sum(Fraction(count, 1 + tied) for tied, count in ways.items())
    return float(won / comb(vote.samples, k))


def _ways(vote: Vote, most: int, others: int) -> dict[int, int]:
    """Ways to draw `others` samples that are not right, none of their classes more than `most` times: by how many tie."""
    ways = {(0, 0): 1}  # (samples drawn, classes with exactly `most` votes)
    for size in vote.wrong:
        grown: Counter[tuple[int, int]] = Counter()
        for (drawn, tied), count in ways.items():
            for votes in range(min(size, most, others - drawn) + 1):
                grown[drawn + votes, tied + (votes == most)] += count * comb(size, votes)
        ways = dict(grown)
    tied_ways: Counter[int] = Counter()
    for (drawn, tied), count in ways.items():
        tied_ways[tied] += count * comb(vote.silent, others - drawn)
    return tied_ways
