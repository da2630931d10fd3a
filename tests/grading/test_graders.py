"""The strict and the compat grader where neither needs math-verify, and the pool."""

import pytest

from cgd_recipes.grading import GRADERS, Gold, Grade, GradingPool, grade


def said(answer: str) -> str:
    return f"So it is $\\boxed{{{answer}}}$."


def accepts(grader: str, gold: str, answer: str, **fields) -> bool:
    return grade(Gold(gold, **fields), said(answer), grader).correct


STRICT = [
    ("10%", "0.1", True), ("10%", r"10\%", True), ("10%", "10", True), ("10", r"10\%", True), ("0.1", r"10\%", True),
    ("10%", "1000%", False), ("0.1", "10", False), ("0.5", "0.5%", False), ("0.5%", "0.5", False),
    ("[2,5)", "[2,5)", True), ("[2,5)", "(2,5)", False), ("[2,5)", r"2 \le x < 5", True),
    ("(2,1)", "(1,2)", False), (r"\{2,1\}", r"\{1,2\}", True), ("(2,1)", r"\{2,1\}", False),
    ("1,-2", "x=-2, x=1", True), ("1,-2", "1", False), ("5", "500", False), ("5", "0.05", False),
    (r"\text{Marian}", "marian", True), (r"\text{(C)}", "C", True), ("yes", r"\text{Yes}", True), ("yes", "no", False),
    (r"5.4 \text{ cents}", "5.4", True), (r"5.4 \text{ cents}", r"5.4 \text{ dollars}", False),
    ("52_8", "52", True), ("52_8", "42", False), ("x=5", "5", True), ("5", "x=5", True),
]  # fmt: skip


@pytest.mark.parametrize(("gold", "answer", "right"), STRICT)
def test_strict(gold, answer, right):
    assert accepts("strict", gold, answer) is right


# What the authors' rules accept beyond what is right, and what they refuse of it.
@pytest.mark.parametrize(
    ("gold", "answer", "passes"),
    [
        ("0.04", "0.01", True), ("3.14", "3.1", True), ("100", "100.04", True), ("100", "100.06", False),
        ("5", "500", True), ("5", "0.05", True), ("5", "50", False), ("7000", "7000.5", True), ("7000", "7001", False),
        ("[2,5)", "(2,5)", True), ("[2,5)", "(2,6)", False), ("C", "the third, C", True), ("C", "A or B", False),
        (r"5 \text{ cents}", "5", True), ("x=5", "5", True), ("1,2", "2,1", False), ("(1,2)", "1,2.04", True),
    ],
)  # fmt: skip
def test_compat(gold, answer, passes):
    assert accepts("compat", gold, answer) is passes


def test_compat_finds_answers_where_there_are_none():
    assert grade(Gold(r"\frac{1}{2"), r"\boxed{\frac{1}{2", "compat").correct
    assert grade(Gold("7"), "3 and 4 make 7", "compat").correct
    assert grade(Gold("7"), "so the answer is 7.", "compat").correct
    assert grade(Gold("7"), "none", "compat") == Grade(False, False, "", "no answer")


@pytest.mark.parametrize(
    ("gold", "answer"), [("0.04", "0.01"), ("3.14", "3.1"), ("100", "100.04"), ("5", "500"), ("[2,5)", "(2,5)")]
)
def test_strict_refuses_what_compat_accepts(gold, answer):
    assert accepts("compat", gold, answer)
    assert not accepts("strict", gold, answer)


def test_reasons():
    assert grade(Gold("5"), said("5")) == Grade(True, True, "5", "")
    assert grade(Gold("5"), said("6")) == Grade(False, True, "6", "different")
    assert grade(Gold("5"), "it is 5") == Grade(False, False, "", "no answer")
    assert grade(Gold("5"), r"\boxed{5} and \boxed{5") == Grade(False, False, "5", "cut off")
    assert grade(Gold("5"), said("(" * 500 + "5" + ")" * 500)).reason == "unparsed"


def test_kinds_of_gold():
    assert accepts("strict", "[4, 1, 2]", "4, 1, 2", kind="list")
    assert not accepts("strict", "[4, 1, 2]", "1, 4, 2", kind="list")
    assert accepts("strict", "(c)", "C", kind="option")
    assert accepts("strict", "69,84", "84, 69", multiple=True)
    assert accepts("strict", "100,200", "200, 100", multiple=True)
    assert not accepts("strict", "100,200", "100200", multiple=True)
    assert accepts("strict", "45", r"45 \text{ min}", unit="minute")
    assert not accepts("strict", "45", r"45 \text{ s}", unit="minute")
    assert accepts("strict", "4.2", "0.042", unit="%", tolerance=0.1)
    assert not accepts("strict", "4.2", "0.09", unit="%", tolerance=0.1)


def test_an_unknown_grader_names_the_nearest():
    with pytest.raises(ValueError, match="unknown grader 'strikt'; did you mean 'strict'"):
        grade(Gold("5"), "5", "strikt")
    with GradingPool(workers=1) as pool, pytest.raises(ValueError, match="there are: strict, compat, math-verify"):
        pool.grade(Gold("5"), "5", "?")
    assert GRADERS[0] == "strict"


def test_the_pool_decides_plain_answers_itself():
    with GradingPool(workers=1) as pool:
        golds = [Gold("5"), Gold(r"\frac12"), Gold("6")]
        grades = pool.grade_many([(gold, said(r"\frac{1}{2}")) for gold in golds])
        assert [one.correct for one in grades] == [False, True, False]
        assert pool.grade(Gold("5"), "none").reason == "no answer"
        assert pool._workers[0].process is None
