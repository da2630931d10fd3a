"""The statistics agree with scipy and statsmodels, and hold in simulation what they promise."""

import json
from functools import cache
from itertools import combinations_with_replacement, product
from math import inf, sqrt
from pathlib import Path
from statistics import mean, variance

import numpy as np
import pytest
from helpers import simulated

from cgd_recipes.evaluation.harness.passk import pass_at_k
from cgd_recipes.reporting.statistics import counts, paired, scores
from cgd_recipes.reporting.statistics.distributions import student_quantile
from cgd_recipes.reporting.statistics.seeds import variation

ORACLE = json.loads((Path(__file__).parent / "oracle.json").read_text())
"""Written by tools/oracle_statistics.py."""


def near(value):
    return pytest.approx(value, rel=1e-9, abs=1e-9)


def test_students_quantiles_are_those_of_scipy():
    for share, freedom, expected in ORACLE["student_quantile"]:
        assert student_quantile(share, freedom) == near(expected), (share, freedom)
    assert student_quantile(0.975, inf) == near(1.959963984540054)


def test_wilsons_interval_is_that_of_statsmodels():
    for correct, total, level, low, high in ORACLE["wilson"]:
        assert scores.wilson(correct, total, level) == near((correct / total, low, high)), (correct, total)


def test_the_tests_are_those_of_scipy_and_statsmodels():
    for won, lost, expected in ORACLE["mcnemar"]:
        assert paired.mcnemar(won, lost) == near(expected)
    for first, second, items, expected in ORACLE["fisher"]:
        assert counts.fisher(first, second, items) == near(expected)
    for values, expected in ORACLE["sign_flip_test"]:
        assert paired.sign_flip_test(np.array(values) / 8, (8, 8)) == near(expected)
    for values, expected in ORACLE["holm"]:
        assert paired.holm(values) == near(expected)


def test_variances_are_taken_apart_as_an_analysis_of_variance_does():
    for groups, ratio in ORACLE["variance_ratio"]:
        found = variation(groups)
        within = mean(variance(group) for group in groups)
        assert found.sampling == near(sqrt(within))
        assert found.training == near(sqrt((ratio - 1) * within / len(groups[0])))
    assert variation([[0.1, 0.3]]) == (1, 2, None, near(sqrt(0.02)))
    assert variation([[0.1], [0.3]]) == (2, 2, near(sqrt(0.02)), None)
    assert variation([[0.1, 0.5], [0.3, 0.3]]).training == 0


def test_the_permutation_test_of_one_sample_is_mcnemar():
    for won, lost in product((0, 1, 4, 9), (0, 2, 5)):
        values = [1] * won + [-1] * lost + [0] * 20
        assert paired.sign_flip_test(values, (1, 1)) == near(paired.mcnemar(won, lost))


def test_signs_are_drawn_where_counting_them_is_no_use():
    values = np.random.default_rng(3).normal(0.3, 1, size=12)
    exact = mean(
        abs(float(np.dot(signs, values))) >= abs(float(values.sum())) - 1e-12 for signs in product((-1, 1), repeat=12)
    )
    assert paired.sign_flip_test(values) == pytest.approx(exact, abs=0.01)
    assert paired.sign_flip_test(values) == paired.sign_flip_test(values)
    assert paired.sign_flip_test(values, seed=1) != paired.sign_flip_test(values)


def test_different_numbers_of_samples_are_counted_exactly():
    values = [1 / 4 - 2 / 3, 1 - 1 / 3, 3 / 4, 0.5]
    exact = mean(abs(float(np.dot(signs, values))) >= abs(sum(values)) - 1e-9 for signs in product((-1, 1), repeat=4))
    assert paired.sign_flip_test(values, (4, 3)) == near(exact)


def test_pass_at_k_is_the_unbiased_estimator():
    for k in (1, 3, 8):
        assert list(scores.pass_at_k_values(range(9), 8, k)) == [pass_at_k(8, right, k) for right in range(9)]
    curve = scores.pass_at_k_curve([0, 1, 4, 8], 8, [1, 8])
    assert curve[1].value == near(13 / 32) and curve[8].value == 0.75
    for wrong in ([-1], [9]):
        with pytest.raises(ValueError, match="between 0 and 8"):
            scores.pass_at_k_values(wrong, 8, 1)


@pytest.mark.parametrize("values", [[0.0] * 5, [1.0] * 5, [0.5] * 5, [0.25], [1 / 3] * 7])
def test_values_that_are_all_the_same_still_have_a_width(values):
    found = scores.clustered_wilson(values, 8)
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert found.high - found.low > 0.1


@pytest.mark.parametrize("off", [0, 1e-15, 1e-9, 1e-4, 0.01])
def test_a_mean_that_is_all_but_one_has_the_width_of_one(off):
    """pass@k of many samples: 1 - 1e-9 once had an interval from 0."""
    found = scores.clustered_wilson([1.0] * 39 + [1 - off], 16)
    whole = scores.clustered_wilson([1.0] * 40, 16)
    assert found.low == pytest.approx(whole.low, abs=0.01)
    mirrored = scores.clustered_wilson([0.0] * 39 + [off], 16)
    assert mirrored.high == pytest.approx(1 - found.low, abs=0.01)


def test_no_difference_anywhere_still_has_a_width():
    found = paired.difference([0.0] * 40)
    assert found.interval.low < -0.04 and found.interval.high > 0.04
    assert paired.sign_flip_test([0.0] * 40, (1, 1)) == 1
    assert 0.05 < paired.detectable_difference(found) < 0.3


def test_what_two_counts_leave_open():
    found = counts.paired_bounds(15, 9, 40)
    assert found == (paired.mcnemar(6, 0), paired.mcnemar(15, 9))
    for items in (4, 7):
        for first, second in product(range(items + 1), repeat=2):
            values = [
                paired.mcnemar(first - both, second - both)
                for both in range(max(0, first + second - items), min(first, second) + 1)
            ]
            assert counts.paired_bounds(first, second, items) == near((min(values), max(values)))


PRINTED = [
    (37.5, 40, 15), (33.6, 272, None), (33.5, 272, 91), (26.7, 198, None), (0.0, 30, 0), (100.0, 30, 30), (23.3, 30, 7),
    (16.7, 30, 5), (18.3, 40, None), (85.3, 1319, 1125), (101.0, 30, None),
]  # fmt: skip


@pytest.mark.parametrize(("percent", "items", "count"), PRINTED)
def test_the_count_that_prints_as_a_percentage(percent, items, count):
    assert counts.count_of(percent, items) == count


SPREADS = [
    (18.3, 1.7, 40, False),
    (18.3, 1.4, 40, True),
    (31.7, 1.4, 40, True),
    (23.3, 0.0, 30, True),
    (23.4, 0.0, 30, False),
]


@cache
def printed_spreads(items):
    """The mean and deviation of all counts that three runs of so many questions can have, as they are printed."""
    return {
        (round(100 * sum(three) / 3 / items, 1), round(100 * sqrt(squares / degrees) / 3 / items, 1))
        for three in combinations_with_replacement(range(items + 1), 3)
        # Of the deviations from the mean, times three each; both ways to divide, by three and by two.
        for squares in [sum((3 * count - sum(three)) ** 2 for count in three)]
        for degrees in (3, 2)
    }


@pytest.mark.parametrize(("percent", "error", "items", "fits"), SPREADS)
def test_the_counts_that_print_as_a_mean_and_deviation_of_three_runs(percent, error, items, fits):
    assert ((percent, error) in printed_spreads(items)) is fits
    assert counts.have_spread(percent, error, items, 3) is fits


def test_means_of_intervals():
    one = scores.wilson(15, 40)
    found = counts.mean_of([one, one, one, one])
    assert found.value - found.low == near((one.value - one.low) / 2)
    assert found.high - found.value == near((one.high - one.value) / 2)
    for first, second, items, low, high in ORACLE["mean_difference"]:
        apart = counts.mean_difference(scores.wilson(first, items), scores.wilson(second, items))
        assert apart == near(((first - second) / items, low, high))
    with pytest.raises(ValueError, match="needs estimates"):
        counts.mean_of([])


def test_the_average_is_tested_by_signs_of_all_questions():
    first, second = np.array([1.0, 1, -1, 0]), np.array([0.5, -0.25, 0.75])
    observed = abs(first.mean() + second.mean()) - 1e-9
    exact = mean(
        float(abs(np.dot(signs[:4], first) / 4 + np.dot(signs[4:], second) / 3) >= observed)
        for signs in product((-1, 1), repeat=7)
    )
    assert paired.average_test([first, second], [(1, 1), (4, 4)]) == pytest.approx(exact, abs=0.015)
    assert paired.average_test([first, second], [None, None]) == pytest.approx(exact, abs=0.015)
    found = [paired.difference(first), paired.difference(second, 4)]
    assert paired.average_difference(found).interval.value == near((first.mean() + second.mean()) / 2)
    assert paired.average_test([np.zeros(9)], [(1, 1)]) == 1
    for wrong in ([], [np.array([])]):
        with pytest.raises(ValueError, match="needs differences"):
            paired.average_test(wrong, [None] * len(wrong))


@pytest.fixture
def generator():
    return np.random.default_rng(20)


@pytest.mark.sweep
def test_intervals_of_scores_hold_the_truth(generator):
    one = [simulated.coverage_of_one_sample(generator, n, p, 1_000) for n in (30, 500) for p in (0.1, 0.35, 0.6)]
    several = [
        simulated.coverage_of_pass_at_k(generator, n, 8, k, mean, 150)
        for n in (30, 272)
        for k in (1, 4, 8)
        for mean in (0.05, 0.35)
    ]
    assert 0.93 <= mean(one) <= 0.97
    assert 0.93 <= mean(several) <= 0.97


@pytest.mark.sweep
def test_intervals_of_differences_hold_the_truth(generator):
    found = [
        simulated.coverage_of_a_difference(generator, n, samples, 0.35, gain, 200)
        for n in (30, 272)
        for samples in (1, 8)
        for gain in (0, 0.1)
    ]
    assert 0.93 <= mean(found) <= 0.97


@pytest.mark.sweep
@pytest.mark.parametrize("samples", [1, 8])
def test_false_alarms_and_power(samples, generator):
    assert simulated.alarms(generator, 40, samples, 0.35, 0, 400) <= 0.05
    pairs = [simulated.pair(generator, 40, samples, 0.35, 0.2) for _ in range(40)]
    found = [paired.difference((second - first) / samples, samples) for first, second in pairs]
    least = float(np.median([paired.detectable_difference(one) for one in found]))
    assert 0.72 <= simulated.alarms(generator, 40, samples, 0.35, least, 300) <= 0.88


@pytest.mark.sweep
def test_holm_over_eight_benchmarks(generator):
    assert simulated.any_alarm(generator, (40, 30, 30, 100, 60, 30, 80, 50), 200) <= 0.05


def test_a_stated_error_over_few_questions_promises_no_more_than_their_values_would():
    values = [0.125, 0.0, 0.0, 0.0]
    error = np.std(values, ddof=1) / 2
    assert scores.wilson_of_error(np.mean(values), error, 4, 8) == pytest.approx(scores.clustered_wilson(values, 8))
    assert scores.wilson_of_error(np.mean(values), error, 4, 8).high > 0.5
