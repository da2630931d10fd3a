"""Answers and ends of responses by rules: which of them state the gold answer."""

from pathlib import Path

import pytest
import yaml
from helpers.lists import some

from cgd_recipes.grading import Gold, extract_answer, grade
from cgd_recipes.grading.prose.lexer import lexed

pytest.importorskip("math_verify")


def rules(*names):
    files = [Path(__file__).with_name(f"{name}.yaml") for name in names]
    return [rule for file in files for rule in yaml.safe_load(file.read_text(encoding="utf-8"))]


def name_of(rule):
    return f"{rule['rule']}: {rule['gold']}"


def check(rule, response="{}"):
    gold = Gold(rule["gold"])
    assert [text for text in rule["right"] if not grade(gold, response.replace("{}", text)).correct] == []
    assert [text for text in rule["wrong"] if grade(gold, response.replace("{}", text)).correct] == []


@pytest.mark.parametrize("rule", some(rules("answers"), 6), ids=name_of)
def test_an_answer(rule):
    check(rule, r"So $\boxed{{}}$.")


@pytest.mark.parametrize("rule", some(rules("prose", "ends"), 7), ids=name_of)
def test_the_end_of_a_response(rule):
    check(rule)


@pytest.mark.parametrize(
    ("sentence", "text", "values"),
    [
        ("so it holds for all real x ≥ 1.", "so it holds for all real □.", ("x ≥ 1",)),
        ("The gap is -q + p.", "The gap is □.", ("-q + p",)),
        ("They meet at (3, 4).", "They meet at □.", ("(3, 4)",)),
        ("a 3-digit number of 5! ways", "a 3-digit number of □ ways", ("5!",)),
        ("It ends at 4:30 p.m.", "It ends at □.", ("4:30 p.m.",)),
        ("It goes 5 m/s.", "It goes □ m/s.", ("5",)),
        ("a vector <3, -2>", "a vector □", ("⟨3, -2⟩",)),
        ("They wait half an hour.", "They wait □ minutes.", ("30",)),
        ("the set {2, 4, 8} (7 of them)", "the set □ (□ of them)", ("{2, 4, 8}", "7")),
        ("a hundred and forty people", "□ people", ("140",)),
    ],
)
def test_values_of_a_sentence(sentence, text, values):
    assert lexed(sentence)[:2] == (text, values)


@pytest.mark.parametrize("text", ["The □ is 5.", "The sum is 5 + 3 +", "", "...", "= = =", "(((", "$", "5 = 5 = 5."])
def test_no_text_is_a_bug(text):
    lexed(text)
    extract_answer("9 * 2 = 18.\n" + text)
