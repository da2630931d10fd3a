"""Gold answers of the benchmarks' rows, from the hub's fields and from local files'."""

import pytest

from cgd_recipes.errors import RecipeError
from cgd_recipes.grading import Gold
from cgd_recipes.grading.benchmark_golds import gold_of


@pytest.mark.parametrize(
    ("benchmark", "row", "gold"),
    [
        ("amc23", {"question": "?", "answer": 27.0}, Gold("27.0")),
        ("aime24", {"problem": "?", "answer": "025"}, Gold("025")),
        ("aime24", {"Problem": "?", "Answer": 204}, Gold("204")),
        ("aime24", {"problem": "?", "solution": r"so \boxed{204}."}, Gold("204")),
        ("math500", {"problem": "?", "solution": r"\boxed{1}", "answer": r"\frac12"}, Gold(r"\frac12")),
        ("gsm8k", {"question": "?", "answer": "It is 1200.\n#### 1,200"}, Gold("1200")),
        ("gsm8k", {"problem": "?", "answer": "18"}, Gold("18")),
        ("minerva_math", {"answer": "1.6"}, Gold("1.6", tolerance=0.05)),
        ("minerva_math", {"answer": "4e33"}, Gold("4e33", tolerance=2e32)),
        ("minerva_math", {"answer": "0.0004"}, Gold("0.0004", tolerance=2e-5)),
        ("minerva_math", {"answer": "4.0"}, Gold("4.0", tolerance=0.05)),
        ("minerva_math", {"answer": "6630"}, Gold("6630")),
        ("minerva_math", {"answer": "-1./3"}, Gold("-1./3")),
        ("minerva_math", {"answer": "7.6 Z"}, Gold("7.6 Z")),
        ("theoremqa", {"Answer": "True", "Answer_type": "bool"}, Gold("True", "boolean")),
        ("theoremqa", {"answer": "(c)", "answer_type": "option"}, Gold("(c)", "option")),
        ("theoremqa", {"answer": "11760", "answer_type": "integer"}, Gold("11760", "numerical")),
        ("theoremqa", {"answer": "[0, 5]", "answer_type": "list of integer"}, Gold("[0, 5]", "list")),
        ("theoremqa", {"answer": "[8.8, 24.41]", "answer_type": "list of float"}, Gold("[8.8, 24.41]", "list", tolerance=0.005)),
        ("theoremqa", {"answer": "3.14", "answer_type": "float"}, Gold("3.14", "numerical", tolerance=0.005)),
        ("theoremqa", {"answer": "0.0", "answer_type": "float"}, Gold("0.0", "numerical", tolerance=0.0)),
        (
            "olympiadbench",
            {"final_answer": ["$69$,$84$"], "answer_type": "Numerical", "is_multiple_answer": True, "unit": None, "error": None},
            Gold("$69$,$84$", "numerical", True, 1e-8),
        ),
        (
            "olympiadbench",
            {"answer": "4.2", "answer_type": "Numerical", "is_multiple_answer": "False", "unit": "%", "error": "1e-1"},
            Gold("4.2", "numerical", False, 0.1, "%"),
        ),
    ],
)  # fmt: skip
def test_gold_of(benchmark, row, gold):
    assert gold_of(benchmark, row) == gold


def test_a_long_float_needs_six_digits():
    tolerance = gold_of("theoremqa", {"answer": "0.7351264098123457", "answer_type": "float"}).tolerance
    assert tolerance == pytest.approx(7.351e-7, rel=1e-3)


def test_errors():
    with pytest.raises(RecipeError, match="unknown benchmark 'math-500'; did you mean 'math500'"):
        gold_of("math-500", {"answer": "1"})
    with pytest.raises(RecipeError, match=r"expected one of the fields .*answer.*, found question"):
        gold_of("amc23", {"question": "?"})


@pytest.mark.parametrize(
    ("benchmark", "answer", "message"),
    [
        ("amc23", [1, 2], "the field 'answer' of a row is a list of 2; write the answer as one text"),
        ("amc23", [], "is a list of 0"),
        ("math500", {"value": 3}, "the field 'answer' of a row is a mapping"),
        ("math500", float("nan"), "holds no answer, but 'nan'"),
        ("math500", "NaN", "holds no answer"),
        ("math500", "N/A", "holds no answer, but 'N/A'"),
        ("gsm8k", "null", "holds no answer"),
        ("gsm8k", "  ", "holds no answer"),
        ("gsm8k", "It is so.\n#### ", "holds no answer"),
        ("math500", "$$", "holds no answer"),
        ("olympiadbench", [], "holds no answer"),
        ("olympiadbench", [["1", "2"]], "is a list of 1"),
        ("math500", b"4", "the field 'answer' of a row is binary"),
        ("math500", "$\\boxed{}$", "holds no answer"),
    ],
)
def test_an_answer_that_nothing_can_equal_is_an_error(benchmark, answer, message):
    with pytest.raises(RecipeError, match=message):
        gold_of(benchmark, {"answer": answer})


@pytest.mark.parametrize(
    ("benchmark", "row", "gold"),
    [
        ("math500", {"answer": ["5"]}, Gold("5")),
        ("theoremqa", {"Answer": [0, 5], "Answer_type": "list of integer"}, Gold("[0, 5]", "list")),
        ("theoremqa", {"Answer": True, "Answer_type": "bool"}, Gold("True", "boolean")),
        ("amc23", {"answer": 0}, Gold("0")),
    ],
)
def test_lists_and_numbers_that_state_an_answer_are_read(benchmark, row, gold):
    assert gold_of(benchmark, row) == gold
