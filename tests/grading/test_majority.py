"""Which answer most samples give, and how often that is the gold answer."""

from itertools import combinations

import pytest

from cgd_recipes.grading import Gold, Grade, GradingPool, Vote, majority, majority_at_k
from cgd_recipes.grading.strict import same_answer


def wrong(answer):
    return Grade(False, True, answer, "different")


RIGHT = Grade(True, True, "5", "")
SILENT = Grade(False, False, "", "no answer")


def test_equal_answers_are_one_class():
    grades = [
        RIGHT,
        wrong(r"\frac{1}{2}"),
        wrong("0.5"),
        wrong("$1/2$"),
        wrong("7"),
        SILENT,
        Grade(False, False, "7", "cut off"),
    ]
    assert majority(Gold("5"), grades, same_answer) == Vote(1, (3, 1), 2)


def test_right_answers_are_one_class_however_they_are_written():
    grades = [RIGHT._replace(answer=text) for text in ("5", "5.0", r"5 \text{ apples}")] + [wrong("6")]
    assert majority(Gold("5"), grades, same_answer) == Vote(3, (1,), 0)


def test_wrong_answers_are_compared_without_the_tolerance_of_the_gold():
    grades = [wrong("2.01"), wrong("2.02")]
    assert majority(Gold("1.6", tolerance=0.05), grades, same_answer) == Vote(0, (1, 1), 0)


def test_unreadable_answers_vote_for_their_text():
    unread = Grade(False, True, r"\foo{", "unparsed")
    late = Grade(False, True, "10^{10^{10}}", "timeout")
    assert majority(Gold("5"), [unread, unread, late], lambda gold, answer: None) == Vote(0, (2, 1), 0)


def test_the_pool_votes_without_a_worker_where_answers_are_plain():
    with GradingPool(workers=1) as pool:
        assert pool.vote(Gold("5"), [RIGHT, wrong("6"), wrong("6.0"), wrong("7")]) == Vote(1, (2, 1), 0)
        assert pool._workers[0].process is None


@pytest.mark.parametrize(
    ("vote", "score"),
    [
        (Vote(3, (2,)), 1.0), (Vote(2, (3,)), 0.0), (Vote(2, (2,)), 0.5), (Vote(2, (2, 2)), 1 / 3), (Vote(1, (1,), 8), 0.5),
        (Vote(0, (), 4), 0.0), (Vote(1, (), 4), 1.0), (Vote(0, (1, 1)), 0.0),
    ],
)  # fmt: skip
def test_all_samples_are_one_draw(vote, score):
    assert majority_at_k(vote, vote.samples) == pytest.approx(score)


@pytest.mark.parametrize(
    "vote", [Vote(3, (2, 1), 2), Vote(2, (2, 2), 0), Vote(1, (4,), 1), Vote(4, (), 3), Vote(2, (1, 1, 1, 1))]
)
def test_k_of_n_is_the_mean_over_all_draws(vote):
    samples = ["right"] * vote.right + ["silent"] * vote.silent
    samples += [str(number) for number, size in enumerate(vote.wrong) for _ in range(size)]
    for k in range(1, vote.samples + 1):
        scores = []
        for draw in combinations(samples, k):
            votes = {name: draw.count(name) for name in draw if name != "silent"}
            best = [name for name in votes if votes[name] == max(votes.values())]
            scores.append(("right" in best) / len(best) if best else 0)
        assert majority_at_k(vote, k) == pytest.approx(sum(scores) / len(scores))


def test_one_sample_is_pass_at_1():
    assert majority_at_k(Vote(3, (2, 1), 2), 1) == pytest.approx(3 / 8)


@pytest.mark.parametrize("k", [0, 9])
def test_k_must_be_in_range(k):
    with pytest.raises(ValueError, match=f"majority@{k} needs"):
        majority_at_k(Vote(3, (2, 1), 2), k)
