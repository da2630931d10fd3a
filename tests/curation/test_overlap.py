"""Which questions are those that are evaluated on: copied, with other numbers, within another text; and which are not."""

import pytest

from cgd_recipes.curation.evaluated import Evaluated
from cgd_recipes.curation.overlap import Index, Thresholds

STORY = (
    "Mara bakes 24 loaves of bread every morning and sells two thirds of them at the market before noon. She gives half of "
    "the rest to her neighbours. How many loaves does she keep for her own family each day?"
)
FORMULA = r"What is the value of the expression $(26^2 - 24^2 - 10)^2 - 10^2 + 17$ ?"
SHORT = "What is the remainder of 1001 divided by 13?"


@pytest.fixture(scope="module")
def index():
    texts = {"story": STORY, "formula": FORMULA, "short": SHORT}
    return Index([Evaluated("set", name, text) for name, text in texts.items()], Thresholds(0.7, 0.95, 0.5))


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


RETOLD = (
    "Each morning Mara makes 24 loaves of bread and before noon she has sold 3 of every 8 at the market. A neighbour is given half of "
    "what is left. Each day, how many loaves does her own family keep?"
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (RETOLD, True),
        (RETOLD.replace("24", "36"), False),  # other words and other numbers
        (RETOLD.replace("24", "24 large and 7 small"), True),
        (RETOLD + r" Use \\frac{3}{8}.", False),  # a formula
        ("There are 24 pupils in a class, and 3 of every 8 play the piano. Half of the others play the flute, and no pupil plays both "
         "of them. How many pupils of the class play none of the two?", False),
        ("24 of 3 and 8 loaves?", False),
    ],
)  # fmt: skip
def test_a_story_is_found_in_other_words_with_its_numbers(text, found):
    told = STORY.replace("two thirds of them", "3 of every 8 loaves")
    others = [f"Story {number} of {number + 60} people who walk in the woods and talk about the weather of the last {number + 90} days, "
              "and of how many they are" for number in range(9)]  # fmt: skip
    index = Index(
        [Evaluated("set", str(n), text) for n, text in enumerate([told, *others])], Thresholds(0.7, 0.95, 0.5)
    )
    matches = index.matches(text)
    assert [match.question.id for match in matches] == (["0"] if found else [])
    for match in matches:
        assert match.score == match.words >= 0.5
        assert match.overlap == 0.0 and match.same_numbers
    assert [match.words for match in index.matches(told)] == [0.0]  # copied, which is looked at first


def test_a_match_says_what_it_rests_on(index):
    (same,), (other,) = index.matches(STORY), index.matches(STORY.replace("24", "36"))
    assert (same.score, same.overlap, same.similarity, same.same_numbers) == (1.0, 1.0, 1.0, True)
    assert (other.overlap, other.same_numbers) == (1.0, False)
