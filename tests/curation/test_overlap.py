"""Which questions are those that are evaluated on: copied, with other numbers, within another text; and which are not."""

import pytest

from cgd_recipes.curation.evaluated import Evaluated
from cgd_recipes.curation.overlap import Index

STORY = (
    "Mara bakes 24 loaves of bread every morning and sells two thirds of them at the market before noon. She gives half of "
    "the rest to her neighbours. How many loaves does she keep for her own family each day?"
)
FORMULA = r"What is the value of the expression $(26^2 - 24^2 - 10)^2 - 10^2 + 17$ ?"
SHORT = "What is the remainder of 1001 divided by 13?"


@pytest.fixture(scope="module")
def index():
    texts = {"story": STORY, "formula": FORMULA, "short": SHORT}
    return Index([Evaluated("set", name, text) for name, text in texts.items()], 0.7, 0.95)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (STORY, "story"),
        (STORY.replace("24", "36"), "story"),
        (STORY.upper().replace(",", ""), "story"),
        ("Solve this step by step.\n\n" + STORY + "\n\nPut the answer in a box. " + "Be careful. " * 20, "story"),
        (STORY.replace("every morning", "each morning").replace("noon", "lunch"), "story"),
        (FORMULA, "formula"),
        (FORMULA.replace("26", "27"), None),  # so few words are another question with other numbers
        (FORMULA.replace("+", "-"), "formula"),  # nearly the same text
        (SHORT, "short"),
        (f"Solve: {SHORT} Show your work.", "short"),
        (SHORT.replace("1001", "1002"), None),
        ("Mara bakes 24 loaves of bread every morning. How much flour does she need for a week?", None),
        ("What is the remainder?", None),
        ("", None),
    ],
)
def test_a_question_is_found_copied_or_edited(index, text, found):
    assert [match.question.id for match in index.matches(text)] == ([found] if found else [])


def test_a_match_says_what_it_rests_on(index):
    (same,), (other,) = index.matches(STORY), index.matches(STORY.replace("24", "36"))
    assert (same.score, same.overlap, same.similarity, same.same_numbers) == (1.0, 1.0, 1.0, True)
    assert (other.overlap, other.same_numbers) == (1.0, False)
