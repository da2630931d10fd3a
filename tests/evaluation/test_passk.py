"""pass@k and its errors, against closed forms and brute force."""

import itertools
import random
from fractions import Fraction

import pytest

from cgd_recipes.evaluation.harness.passk import Estimate, mean_of, over_questions, over_runs, pass_at_k


@pytest.mark.parametrize("n", range(1, 8))
def test_the_estimator_is_the_share_of_all_draws_that_hold_a_right_sample(n):
    for c, k in itertools.product(range(n + 1), range(1, n + 1)):
        draws = list(itertools.combinations([True] * c + [False] * (n - c), k))
        assert pass_at_k(n, c, k) == pytest.approx(float(Fraction(sum(map(any, draws)), len(draws))))


@pytest.mark.parametrize(("n", "c", "k"), [(4, 1, 5), (4, 5, 1), (4, 1, 0), (0, 0, 1), (4, -1, 1)])
def test_what_is_not_defined(n, c, k):
    with pytest.raises(ValueError, match="not defined"):
        pass_at_k(n, c, k)


def test_large_numbers_are_exact():
    assert pass_at_k(10_000, 1, 5_000) == pytest.approx(0.5)


@pytest.mark.sweep
def test_problems_with_known_success_rates():
    """Over many repetitions the mean is the closed form, and lies within two stated errors about 95 % of the time."""
    rng = random.Random(1)
    rates = [rng.random() ** 2 for _ in range(200)]
    for k in (1, 4, 16):
        truth = sum(1 - (1 - rate) ** k for rate in rates) / len(rates)
        hits = 0
        for _ in range(100):
            found = over_questions([pass_at_k(32, sum(rng.random() < rate for _ in range(32)), k) for rate in rates])
            assert found.error is not None
            # The problems are the same each time, so the error over problems is wide for it.
            hits += abs(found.value - truth) < 2 * found.error
        assert hits >= 95, k


@pytest.mark.sweep
def test_errors_over_problems_cover_other_problems():
    rng = random.Random(2)
    hits = 0
    for _ in range(300):
        rates = [rng.random() for _ in range(100)]
        found = over_questions([pass_at_k(8, sum(rng.random() < rate for _ in range(8)), 4) for rate in rates])
        truth = 1 - 1 / 5  # the mean of 1 - (1 - p)^4 over all p from 0 to 1
        assert found.error is not None
        hits += abs(found.value - truth) < 1.96 * found.error
    assert 0.91 < hits / 300 < 0.98


def test_runs_and_problems_are_different_errors():
    right = [[True, False], [True, True], [False, False]]
    value, deviation = over_runs(right)
    assert value == pytest.approx(0.5)
    assert deviation == pytest.approx(0.2357, abs=1e-4)
    assert over_runs([[True], [False]]) == (0.5, None)
    assert over_questions([1.0]) == Estimate(1.0, None)


def test_groups_count_each_task_once():
    assert mean_of([Estimate(0.0, 0.3), Estimate(1.0, 0.4)]) == Estimate(0.5, pytest.approx(0.25))
    assert mean_of([Estimate(0.0, None), Estimate(1.0, 0.4)]).error is None
