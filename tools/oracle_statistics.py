"""Write tests/reporting/oracle.json: what scipy and statsmodels say of the statistics of reports.

python tools/oracle_statistics.py       in an environment with scipy and statsmodels
"""

import json
from pathlib import Path

import numpy as np
import scipy
import statsmodels
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

TARGET = Path(__file__).resolve().parent.parent / "tests" / "reporting" / "oracle.json"


def mean_of(values, axis=-1):
    """The statistic of the permutation test."""
    return np.mean(values, axis=axis)


def oracle():
    """Cases by function: arguments, and the value that is expected."""
    random = np.random.default_rng(7)
    shares = [0.5, 0.6, 0.9, 0.975, 0.995, 0.9999, 0.025, 0.001]
    freedoms = [0.7, 1, 2, 2.5, 5, 29, 41.3, 273, 1320, 100_000]
    trials = [(0, 1), (1, 1), (0, 30), (3, 30), (15, 40), (40, 40), (1130, 1319), (4849, 12032)]
    pairs = [(0, 0), (1, 0), (5, 0), (6, 0), (9, 3), (12, 12), (40, 61), (300, 360)]
    tables = [(15, 9, 40), (5, 1, 30), (0, 0, 30), (30, 0, 30), (271, 259, 500), (160, 106, 675), (4849, 4115, 12032)]
    flips = [[int(value) for value in random.integers(-8, 9, size=size)] for size in (3, 5, 8, 10, 12)]
    several = [[0.01, 0.04, 0.03, 0.005], [0.5], [0.2, 0.2, 0.2], [1, 0.9, 0.001, 0.013, 0.013, 0.04, 0.6, 0.02]]
    groups = [[[1.0, 2.0, 3.5], [2.0, 4.0, 4.5]], [[0.3, 0.31], [0.5, 0.52], [0.1, 0.15]]]
    return {
        "student_quantile": [[share, f, float(stats.t.ppf(share, f))] for share in shares for f in freedoms],
        "wilson": [
            [k, n, level, *map(float, proportion_confint(k, n, 1 - level, "wilson"))]
            for k, n in trials
            for level in (0.9, 0.95)
        ],
        "mcnemar": [[b, c, float(stats.binomtest(b, b + c).pvalue) if b + c else 1.0] for b, c in pairs],
        "fisher": [[a, b, n, float(stats.fisher_exact([[a, n - a], [b, n - b]])[1])] for a, b, n in tables],
        "mean_difference": [
            [a, b, n, *map(float, confint_proportions_2indep(a, n, b, n, method="newcomb"))] for a, b, n in tables[:2] + tables[4:]
        ],
        "sign_flip_test": [
            [
                values,
                float(stats.permutation_test((np.array(values),), mean_of, permutation_type="samples", n_resamples=np.inf).pvalue),
            ]
            for values in flips
        ],
        "holm": [[values, multipletests(values, method="holm")[1].tolist()] for values in several],
        "variance_ratio": [[group, float(stats.f_oneway(*group).statistic)] for group in groups],
    }  # fmt: skip


if __name__ == "__main__":
    versions = {"scipy": scipy.__version__, "statsmodels": statsmodels.__version__}
    TARGET.write_text(json.dumps({"versions": versions, **oracle()}, indent=None, separators=(", ", ": ")) + "\n")
