"""Simulated benchmarks whose truth is known, and how often intervals and tests hold on them."""

import numpy as np

from cgd_recipes.reporting.comparison import Comparison, Pair, average_change, benchmark_change
from cgd_recipes.reporting.gate import Answer, Requirement, decide
from cgd_recipes.reporting.statistics import paired, scores


def rates(generator, questions, mean, spread):
    """Chances to solve each question: a beta distribution of the given mean; the wider, the smaller `spread`."""
    return generator.beta(mean * spread, (1 - mean) * spread, size=questions)


def solved(generator, chances, samples):
    """How many samples of each question are right."""
    return generator.binomial(samples, chances)


def pair(generator, questions, samples, mean, gain, spread=0.8, alike=0.7):
    """Right samples of two models on new questions; the second solves `gain` more of them on average.

    A share `alike` of the questions is as hard for the one as for the other; on the others the models have nothing in common.
    """
    first = rates(generator, questions, mean, spread)
    apart = generator.random(questions) >= alike
    second = np.where(apart, rates(generator, questions, mean, spread), first)
    # What the second leaves unsolved is solved, or solves is not, with a chance that makes the mean difference right.
    second = second + ((1 - second) * gain / (1 - mean) if gain > 0 else second * gain / mean)
    return solved(generator, first, samples), solved(generator, second, samples)


def coverage_of_one_sample(generator, questions, mean, trials):
    counts = generator.binomial(questions, mean, size=trials)
    found = {count: scores.wilson(count, questions) for count in set(counts.tolist())}
    return np.mean([found[count].low <= mean <= found[count].high for count in counts.tolist()])


def coverage_of_pass_at_k(generator, questions, samples, k, mean, trials, spread=0.8):
    many = rates(generator, 400_000, mean, spread)
    truth = np.mean(1 - (1 - many) ** k)
    hits = 0
    for _ in range(trials):
        right = solved(generator, rates(generator, questions, mean, spread), samples)
        found = scores.pass_at_k_curve(right, samples, [k])[k]
        hits += found.low <= truth <= found.high
    return hits / trials


def coverage_of_a_bootstrap(generator, questions, samples, mean, trials, spread=0.8, draws=1_000):
    """Of pass@1 by the percentile bootstrap over questions, which reports do not use."""
    hits = 0
    for _ in range(trials):
        values = solved(generator, rates(generator, questions, mean, spread), samples) / samples
        means = values[generator.integers(questions, size=(draws, questions))].mean(axis=1)
        low, high = np.quantile(means, (0.025, 0.975))
        hits += low <= mean <= high
    return hits / trials


def coverage_of_a_difference(generator, questions, samples, mean, gain, trials):
    hits = 0
    for _ in range(trials):
        first, second = pair(generator, questions, samples, mean, gain)
        found = paired.difference((second - first) / samples, samples).interval
        hits += found.low <= gain <= found.high
    return hits / trials


def alarms(generator, questions, samples, mean, gain, trials):
    """The share of pairs that the paired test finds different at 5 %."""
    hits = 0
    for _ in range(trials):
        first, second = pair(generator, questions, samples, mean, gain)
        hits += paired.sign_flip_test((second - first) / samples, (samples, samples)) <= 0.05
    return hits / trials


def any_alarm(generator, sizes, trials, samples=1):
    """The share of families of equal models in which Holm's procedure finds any benchmark different at 5 %."""
    hits = 0
    for _ in range(trials):
        pairs = [pair(generator, size, samples, 0.4, 0) for size in sizes]
        values = [paired.sign_flip_test((second - first) / samples, (samples, samples)) for first, second in pairs]
        hits += min(paired.holm(values)) <= 0.05
    return hits / trials


def simulated_comparison(generator, gain, sizes, samples=4):
    """A comparison of two models on benchmarks of these sizes, which are their names."""
    pairs = []
    for size in sizes:
        first, second = pair(generator, size, samples, 0.35, gain)
        pairs.append(Pair(str(size), first / samples, second / samples, (samples, samples), is_counted=True))
    changes = [benchmark_change(each) for each in pairs]
    return Comparison("a", "b", changes, average_change(changes, pairs), pairs)


def gates_passed(generator, gain, sizes, names, samples=4, limit=0.0):
    """The names that are GO for more than `limit` (a share) in one simulated comparison."""
    comparison = simulated_comparison(generator, gain, sizes, samples)
    return [name for name in names if decide(comparison, [Requirement(name, 100 * limit)])[0].answer is Answer.GO]
