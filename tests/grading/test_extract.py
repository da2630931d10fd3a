"""Which text of a response is its final answer."""

import time

import pytest
from helpers.lists import some

from cgd_recipes.grading import Gold, extract_answer, grade
from cgd_recipes.grading.endings.conclusion import LABELS
from cgd_recipes.grading.endings.extract import boxes
from cgd_recipes.grading.endings.followup import SIGNS


@pytest.mark.parametrize(
    ("response", "answer", "fault"),
    [
        (r"First \boxed{7}, then \boxed{12}.", "12", ""),
        (r"$$\boxed{\dfrac{3}{4}}$$", r"\dfrac{3}{4}", ""),
        (r"\fbox{5}", "5", ""),
        (r"$\boxed 5$ is it", "5", ""),
        (r"\boxed{\boxed{5}}", "5", ""),
        (r"\boxed{\{1, 2\}}", r"\{1, 2\}", ""),
        (r"So $\boxed{1}$ and $\boxed{-2}$.", "1, -2", ""),
        (r"So $\boxed{1}$, $\boxed{2}$, or $\boxed{3}$", "1, 2, 3", ""),
        (r"So \boxed{1}. But \boxed{2}.", "2", ""),
        (r"\boxed{}", "", "no answer"),
        ("It is 5.", "", "no answer"),
        ("", "", "no answer"),
        (r"\boxed{12}. To check, \boxed{1", "1", "cut off"),
        (r"\boxed{\frac{1}{2}", r"\frac{1}{2}", "cut off"),
        ("The final answer is 7. I hope it is correct.", "7", ""),
        ("The final answer is: $7$", "$7$", ""),
        ("**Final Answer:** 7", "7", ""),
        ("Answer: 7.5", "7.5", ""),
        ("#### 1,234", "1,234", ""),
        ("The answer is 7. No, wait. The answer is 70. That was it.", "70", ""),
        ("The answer is not obvious at all, so let us count", "", "no answer"),
        (r"The final answer is $\frac{1}", r"$\frac{1}", "cut off"),
        ("The final answer is\n$$\\frac{1}{2}$$", r"$$\frac{1}{2}$$", ""),
        ("The answer is $18", "$18", ""),
        (r"<think>\boxed{4}</think> It is \boxed{5}.", "5", ""),
        (r"<think>\boxed{4}</think> It is", "", "no answer"),
        (r"<think>\boxed{4} or", "", "cut off"),
    ],
)
def test_final_answer(response, answer, fault):
    assert extract_answer(response) == (answer, fault)


@pytest.mark.parametrize(
    ("response", "answer", "fault"),
    [
        ("So it is.\nA: 540 meters", "540 meters", ""),
        ("<answer>27</answer>", "27", ""),
        ("<answer>27", "27", "cut off"),
        ("We see.\n\n### Final Answer\n\n**204**", "204", ""),
        ("**Final Answer**\n\nThere are **18** eggs.", "18", ""),
        ("## Conclusion\n\nSo there are 18 eggs and 5 hens.", "", "no answer"),
        ("**204**", "204", ""),
        ("### Final Answer\n\n**204", "204", "cut off"),
        ("The answer is:\n\n18", "18", ""),
        ("A: 18\nQ: How many dogs?\nA: 7", "18", ""),
        ("Question: How many?\nAnswer: 18", "18", ""),
        ("The answer is 18. However, 19 is also possible.", "", "no answer"),
        (r"\boxed{4}. I put my final answer within \boxed{}.", "4", ""),
        (r"\boxed{4}. I put my final answer within \boxed{answer}.", "4", ""),
        (r"\boxed{4}. No: \boxed{}", "", "no answer"),
        (r"$n=\boxed{1}$ or $n=\boxed{-2}$", "1, -2", ""),
    ],
)
def test_statements_of_a_final_answer(response, answer, fault):
    assert extract_answer(response) == (answer, fault)


def test_boxes_have_places():
    text = r"a \boxed{1} b \fbox{{2}} c \boxed{3"
    assert [(text[start:end], content) for start, end, content in boxes(text)] == [
        (r"\boxed{1}", "1"),
        (r"\fbox{{2}}", "{2}"),
        (r"\boxed{3", None),
    ]


def test_a_word_that_begins_like_a_box_is_none():
    assert extract_answer(r"\boxedx{5}") == ("", "no answer")


@pytest.mark.parametrize(
    "piece",
    some([" ", "\n", "$", "{", "}", "\\", "\\boxed{", "\\boxed{\n", "\\boxed{1}, ", "\\boxed 1 ", "answer:", "the answer is ",
     "final answer is $", "#### ", "final ", "* ", "**", "I hope ", "</think>", "<think>", "9", ", and "], every=3),
)  # fmt: skip
def test_no_text_takes_long(piece):
    start = time.process_time()
    for text in (piece * (60_000 // len(piece)), r"\boxed{" + piece * (60_000 // len(piece)) + "}"):
        assert not grade(Gold("12345"), text).correct
    assert time.process_time() - start < 5  # a regular expression that backtracks takes hours


@pytest.mark.parametrize(
    ("response", "answer"),
    [
        ("x = 3 ± √8\n\n**x = 3 ± √8**", "x = 3 ± √8"),
        ("**Midpoint:** $(1.5, -13)$", "$(1.5, -13)$"),
        ("**Width:** $3$\n**Height:** $5$", ""),
        ("**Step two:** $5$", ""),
        ("**Check:** $5$", ""),
        ("Therefore, **Evelyn** has the greatest average speed.", "Evelyn"),
        ("Therefore, **Evelyn** has the second greatest average speed.", ""),
        ("Therefore, **Evelyn** is not the fastest.", ""),
        ("**Evelyn** has the greatest average speed.", ""),
        ("Put x = 18.", ""),
        ("The answer is based on the concept of scaling.", ""),
    ],
)
def test_last_lines(response, answer):
    assert extract_answer(response)[0] == answer


def test_every_end_of_a_turn_has_a_sign_that_is_looked_for():
    assert all(any(sign in end for sign in SIGNS) for end in LABELS["ends"])
