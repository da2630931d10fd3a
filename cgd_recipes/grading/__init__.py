"""Grading of responses against a dataset's gold answers.

`grade` works in this process and has no time limit; `GradingPool` grades in worker processes that are killed when they take
too long. math-verify is imported only when an answer needs it.
"""

from cgd_recipes.grading.endings.extract import extract_answer
from cgd_recipes.grading.gold import GRADERS, KINDS, Gold, Grade
from cgd_recipes.grading.grader import grade
from cgd_recipes.grading.majority import Vote, majority, majority_at_k
from cgd_recipes.grading.pool import GradingPool

__all__ = [
    "GRADERS",
    "KINDS",
    "Gold",
    "Grade",
    "GradingPool",
    "Vote",
    "extract_answer",
    "grade",
    "majority",
    "majority_at_k",
]
