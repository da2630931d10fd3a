"""What the question of a response counts for: the unit that it asks for, and how answers that repeat it are read."""

import time
from pathlib import Path

import pytest
from helpers.lists import some
from helpers.plain import plain_yaml

from cgd_recipes.grading import Gold, GradingPool, grade

pytest.importorskip("math_verify")

QUESTIONS = plain_yaml(Path(__file__).with_name("questions.yaml").read_text(encoding="utf-8"))
WORK = "We work it out step by step: 17 * 19 = 323 and 400 - 41 = 359.\n\n"
MARKS = ("\\boxed", "Answer:", "答案", "####")


def response_of(text):
    return text if any(mark in text for mark in MARKS) else WORK + text


@pytest.mark.parametrize(("question", "gold", "text"), some([*map(tuple, QUESTIONS["right"])], every=8))
def test_an_answer_is_read_with_its_question(question, gold, text):
    assert grade(Gold(gold), response_of(text), question=question).correct


@pytest.mark.parametrize(("question", "gold", "text"), some([*map(tuple, QUESTIONS["wrong"])], every=4))
def test_what_is_no_answer_to_its_question(question, gold, text):
    assert not grade(Gold(gold), response_of(text), question=question).correct


@pytest.mark.parametrize(
    ("question", "answer", "right"),
    [
        ("Find its speed in km/h.", r"60\text{ m/s}", False),
        ("Find its speed in km/h.", r"60\text{ km/h}", True),
        ("Find its speed in km/h.", "60", True),
        ("Find its speed.", r"60\text{ m/s}", True),
        ("How many minutes does it take?", r"1\text{ hour}", True),
        ("How many minutes does it take?", r"60\text{ hours}", False),
        ("What is the area in square meters?", r"60\text{ m}^2", True),
        ("What is the area in square meters?", r"60\text{ m}", False),
        ("What does it cost in cents?", r"\$0.60", True),
        ("What does it cost in cents?", r"\$60", False),
        ("How many bars of chocolate are left?", r"60\text{ chocolate bars}", True),
        ("How many percent is it?", r"60\%", True),
        ("How many pounds does it weigh?", r"60\text{ lb}", True),
        ("It drives 60 km in 2 hours. How many km is that in 2 hours?", r"60\text{ km}", True),
        ("Give it in seconds. How far is it?", r"60\text{ m}", True),
    ],
)
def test_the_unit_that_a_question_asks_for(question, answer, right):
    assert grade(Gold("60"), rf"\boxed{{{answer}}}", question=question).correct is right


@pytest.mark.processes
def test_a_pool_takes_questions_where_there_are_some():
    minutes, response = "How many minutes is it?", r"\boxed{1\text{ hour}}"
    with GradingPool(workers=1) as pool:
        asked = [(Gold("60"), response), (Gold("60"), response, minutes)]
        assert [each.correct for each in pool.grade_many(asked)] == [False, True]
        assert pool.grade(Gold("60"), response, question=minutes).correct


@pytest.mark.parametrize("question", ["", "?", "in", "How many?", "How many \udfff?", "x" * 6_000 + "?"])
def test_a_question_without_a_unit_decides_nothing(question):
    assert grade(Gold("60"), r"\boxed{60\text{ m/s}}", question=question).correct


@pytest.mark.parametrize(
    ("gold", "question", "text"),
    [
        ("4", "What is the next term of 1, 2, 3?", "next term" + ":" * 40_000),
        ("blue", "Is the box blue or red?", "x" + "\n" * 80_000 + "x"),
        ("blue", "Is the box blue or red?", "x" + "\n " * 60_000 + "x"),
    ],
)
def test_no_text_takes_long_beside_its_question(gold, question, text):
    start = time.process_time()
    assert not grade(Gold(gold), text, question=question).correct
    assert time.process_time() - start < 2  # a regular expression that backtracks takes more


def test_of_a_long_question_the_end_is_read():
    assert not grade(Gold("60"), r"\boxed{60\text{ m/s}}", question="in km/h?" * 2_000).correct


def test_the_other_graders_do_not_look_at_the_question():
    for grader in ("compat", "math-verify"):
        response, question = r"\boxed{60\text{ m/s}}", "How fast is it in km/h?"
        assert grade(Gold("60"), response, grader, question) == grade(Gold("60"), response, grader)


def test_a_sentence_about_something_else_is_no_answer():
    found = grade(Gold("3"), WORK + "The largest root is 3.", question="What is the smallest root?")
    assert (found.correct, found.answered, found.reason) == (False, False, "no answer")


def test_the_lines_of_a_block_quote_are_read_without_its_marks():
    question = "What is the 10th Fibonacci number, with F₁ = F₂ = 1?"
    response = "F₉ + F₈ = 34 + 21\n\n> Check: 34 > 21\n> **F₁₀ = 55**"
    assert grade(Gold("55"), response, question=question).answer == "55"
    assert not grade(Gold("34"), response, question=question).correct


@pytest.mark.parametrize(
    ("gold", "text"),
    [(Gold(r"\frac12-k", kind="list"), r"\boxed{Yes Bob \min( , (r,q,p) &}"), (Gold("", kind="option"), "So it is 5.")],
)
def test_signs_without_their_matrix_and_empty_gold_answers_are_read(gold, text):
    assert not grade(gold, response_of(text), question="Which is it?").correct
