"""Pairs of tests/grading/pairs.yaml get their verdicts: some in every run, the others by `pytest -m sweep` and `nox -s grading`."""

from pathlib import Path

import pytest
from helpers.lists import some
from helpers.plain import plain_yaml

from cgd_recipes.grading import Gold, grade

pytest.importorskip("math_verify")

PAIRS = plain_yaml(Path(__file__).with_name("pairs.yaml").read_text(encoding="utf-8"))
FIELDS = ("kind", "multiple", "tolerance", "unit")
EVERY = 12
"""One pair of so many is in every run. The file is in order of kinds, so that there is one of each."""


def name_of(pair):
    return f"{pair['gold']} <- {pair.get('answer', pair.get('response'))}"


@pytest.mark.parametrize("pair", some(PAIRS, EVERY), ids=name_of)
def test_pair(pair):
    gold = Gold(pair["gold"], **{name: pair[name] for name in FIELDS if name in pair})
    response = pair.get("response") or f"So it is $\\boxed{{{pair['answer']}}}$."
    assert grade(gold, response).correct is pair["right"]
