"""Every pair of tests/grading/pairs.yaml gets its verdict."""

from pathlib import Path

import pytest
import yaml

from cgd_recipes.grading import Gold, grade

pytest.importorskip("math_verify")

PAIRS = yaml.load(
    Path(__file__).with_name("pairs.yaml").read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader)
)
FIELDS = ("kind", "multiple", "tolerance", "unit")


@pytest.mark.parametrize(
    "pair", PAIRS, ids=lambda pair: f"{pair['gold']} <- {pair.get('answer', pair.get('response'))}"
)
def test_pair(pair):
    gold = Gold(pair["gold"], **{name: pair[name] for name in FIELDS if name in pair})
    response = pair.get("response") or f"So it is $\\boxed{{{pair['answer']}}}$."
    assert grade(gold, response).correct is pair["right"]
