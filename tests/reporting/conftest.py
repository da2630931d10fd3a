"""Finished runs to report on."""

import numpy as np
import pytest
from helpers.finished_runs import write_eval


@pytest.fixture
def pair_of_runs(tmp_path):
    """Two evaluations of several samples; the second is clearly better on the first of two benchmarks."""

    def make(gain=0.4, samples=4, questions=60, **more):
        generator = np.random.default_rng(5)
        rates = generator.beta(0.5, 1, size=questions)
        seeds = range(42, 42 + samples)
        easy = [[int(each) for each in generator.binomial(1, rate, samples)] for rate in rates]
        better = [[int(each) for each in generator.binomial(1, min(1, rate + gain), samples)] for rate in rates]
        same = [[int(each) for each in generator.binomial(1, rate, samples)] for rate in rates]
        base = write_eval(tmp_path / "base", {"cgd_amc23": easy, "cgd_gsm8k": easy}, seeds=seeds, **more)
        tuned = write_eval(tmp_path / "tuned", {"cgd_amc23": better, "cgd_gsm8k": same}, seeds=seeds, **more)
        return base, tuned

    return make
