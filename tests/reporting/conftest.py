"""Finished runs to report on."""

import json

import numpy as np
import pytest
from helpers.finished_runs import write_eval


@pytest.fixture(scope="session")
def pair_of_runs(tmp_path_factory):
    """Two evaluations of several samples; the second is clearly better on the first of two benchmarks. Tests only read them."""
    made = {}

    def write(folder, gain, samples, questions, more):
        generator = np.random.default_rng(5)
        rates = generator.beta(0.5, 1, size=questions)
        seeds = range(42, 42 + samples)
        easy = [[int(each) for each in generator.binomial(1, rate, samples)] for rate in rates]
        better = [[int(each) for each in generator.binomial(1, min(1, rate + gain), samples)] for rate in rates]
        same = [[int(each) for each in generator.binomial(1, rate, samples)] for rate in rates]
        base = write_eval(folder / "base", {"cgd_amc23": easy, "cgd_gsm8k": easy}, seeds=seeds, **more)
        tuned = write_eval(folder / "tuned", {"cgd_amc23": better, "cgd_gsm8k": same}, seeds=seeds, **more)
        return base, tuned

    def make(gain=0.4, samples=4, questions=60, **more):
        key = json.dumps([gain, samples, questions, more])
        if key not in made:
            made[key] = write(tmp_path_factory.mktemp("runs"), gain, samples, questions, more)
        return made[key]

    return make
