"""Last sentences without the word "answer": which of them state a value."""

import re
from pathlib import Path

import pytest
from helpers.lists import some
from helpers.plain import plain_yaml

from cgd_recipes.grading import extract_answer
from cgd_recipes.grading.prose.figures import masked

SENTENCES = plain_yaml(Path(__file__).with_name("sentences.yaml").read_text(encoding="utf-8"))
COMPUTED = "Each box has 9 eggs. 9 * 2 = 18.\n\n"
UNRELATED = "Let us look at the class. There are several groups.\n\n"


def stated(sentences: list[str], before: str) -> list[str]:
    """The sentences that state 18 and no alternative to it."""
    answers = [(sentence, extract_answer(before + sentence)[0]) for sentence in sentences]
    return [sentence for sentence, said in answers if re.search(r"(?<!\d)18(?!\d)", said) and " or " not in said]


def test_a_last_sentence_may_state_the_answer():
    assert stated(SENTENCES["claims"], COMPUTED) == SENTENCES["claims"]


@pytest.mark.parametrize("before", some([COMPUTED, UNRELATED, ""], every=3), ids=["computed", "unrelated", "alone"])
def test_a_number_in_passing_is_no_statement(before):
    assert stated(SENTENCES["no_claims"], before) == []


@pytest.mark.parametrize("before", [COMPUTED, UNRELATED, ""], ids=["computed", "unrelated", "alone"])
@pytest.mark.parametrize("sentence", SENTENCES["two_values"])
def test_two_values_are_stated_together_or_not_at_all(sentence, before):
    assert extract_answer(before + sentence)[0] in ("18, 20", "18 and 20", "")


@pytest.mark.parametrize("before", [UNRELATED, ""], ids=["unrelated", "alone"])
def test_what_may_be_given_is_no_statement(before):
    assert stated(SENTENCES["given"], before) == []


def test_a_sentence_counts_only_whole_and_last():
    assert stated([each.rstrip(".") + " and" for each in SENTENCES["claims"]], COMPUTED) == []
    assert stated([each + " She eats some of them." for each in SENTENCES["claims"]], COMPUTED) == []
    assert stated([f'"{each}"' for each in SENTENCES["claims"]], COMPUTED) == []
    assert stated(["If so, " + each[0].lower() + each[1:] for each in SENTENCES["claims"]], COMPUTED) == []
    assert stated([each.rstrip(".") + "?" for each in SENTENCES["claims"]], COMPUTED) == []


@pytest.mark.parametrize(
    ("sentence", "text", "values"),
    [
        ("the solution of 2(x - 5) = 3x - 18 is x = 14.", "the solution of □ is □.", ["2(x - 5) = 3x - 18", "x = 14"]),
        ("The area is (8 + 5) / 2 = 40.", "The area is □.", ["(8 + 5) / 2 = 40"]),
        ("the points (2, 3) and (10, 7)", "the points □ and □", ["(2, 3)", "(10, 7)"]),
        ("She has thirty-six dollars.", "She has □ dollars.", ["36"]),
        ("It made 70 thousand dollars.", "It made □ dollars.", ["70\u00a0thousand"]),
        ("We obtain negative 128.", "We obtain □.", ["-128"]),
        ("The probability is one third.", "The probability is □.", ["1/3"]),
        ("It costs $18 and $20.", "It costs □ and □.", ["$18", "$20"]),
        ("It costs $5.50, $6 each.", "It costs □, □ each.", ["$5.50", "$6"]),
        (r"The value of $x$ is $\frac12$.", "The value of ◊ is □.", [r"$\frac12$"]),
        ("a 6-sided die, the 18th of 2 1/2 cups at 5:30", "a 6-sided die, the 18th of □ cups at □", ["2 1/2", "5:30"]),
        ("two six-sided dice", "□ six-sided dice", ["2"]),
    ],
)
def test_masked(sentence, text, values):
    assert masked(sentence) == (text, values)


@pytest.mark.parametrize(
    "response",
    [
        "The \u25a1 is 5.",
        "The \u25ca is 5.",
        "The total is 5\u00a0thousand.",
        "9 * 2 = 3.5/2.\n\nTom has 18.",
        "It has 1/0 left.",
    ],
)
def test_no_text_is_a_bug(response):
    extract_answer(response)


def test_numbers_that_run_into_one_another_are_none():
    assert masked("two three") is None
