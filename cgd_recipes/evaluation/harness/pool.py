"""The workers that grade, one pool for a process."""

from __future__ import annotations

import atexit
from functools import cache

from cgd_recipes.grading import GradingPool


@cache
def pool() -> GradingPool:
    """The pool of this process; its workers end with it."""
    workers = GradingPool()
    atexit.register(workers.close)
    return workers
