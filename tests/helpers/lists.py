"""Long lists of cases, of which plain pytest runs some and `pytest -m sweep` the others."""

from collections.abc import Sequence
from typing import Any

import pytest


def some(cases: Sequence[Any], every: int) -> list[Any]:
    """Parameters for `pytest.mark.parametrize`.

    Args:
        cases: all of them; a tuple is one case of several parameters.
        every: one case of so many, the first among them, is in every run.
    """
    values = [case if isinstance(case, tuple) else (case,) for case in cases]
    return [
        pytest.param(*value, marks=() if number % every == 0 else pytest.mark.sweep)
        for number, value in enumerate(values)
    ]
