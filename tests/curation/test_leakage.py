"""What counts as stating the final answer: by value, and not by string."""

import pytest

from cgd_recipes.curation.filters.leakage import masked, stating

STATED = [
    ("The total is 1,200 metres.", "1200"),
    ("So it should be \\frac{1}{2}.", "0.5"),
    ("The share is 0.5 then.", "\\frac{1}{2}"),
    ("Half of it, 1/2, is right.", "0.5"),
    ("That leaves 50% of them.", "0.5"),
    ("That leaves 50\\% of them.", "50"),
    ("In all there are twelve of them.", "12"),
    ("One hundred and twenty-five is what you get.", "125"),
    ("Three dozens are 36, not 30.", "$36"),
    ("It costs $18.50 in the end.", "18.5"),
    ("The temperature is -4 degrees.", "-4"),
    ("You get $2 + 5 = 7$ in the end.", "7"),
    ("The answer is 7.", "7"),
    ("\\boxed{7}", "7"),
    ("It should be 3\\sqrt{2}.", "3\\sqrt{2}"),
    ("It should be $3 \\sqrt {2}$.", "3\\sqrt{2}"),
    ("The capital is paris.", "Paris"),
    ("The final answer is yes.", "yes"),
    ("He has 18kg left.", "18 kg"),
    ("It is (3, 4).", "(3,4)"),
]
NOT_STATED = [
    ("See step 7 once more.", "7"),
    ("7. The sum is wrong.", "7"),
    ("1. Look at the unit.\n2. Add the 3 boxes.", "2"),
    ("There are 3 mistakes here.", "3"),
    ("You wrote x^12 there.", "12"),
    ("x_{12} is not used.", "12"),
    ("12x is the term.", "12"),
    ("The 12th row is missing.", "12"),
    ("At 12:30 the train leaves.", "12"),
    ("The total is 1,200.", "200"),
    ("It is 0.125.", "125"),
    ("It is 12.5 in all.", "12"),
    ("No unit is given.", "no"),
    ("The temperature is 4 degrees.", "-4"),
    ("It is 3\\sqrt{21}.", "3\\sqrt{2}"),
    ("The quotient 24/4 is left.", "6"),
    ("One of the two steps is wrong.", "1"),
]


@pytest.mark.parametrize(("critique", "gold"), STATED)
def test_a_value_is_stated_however_it_is_written(critique, gold):
    assert list(stating(critique, gold, "How many?"))


@pytest.mark.parametrize(("critique", "gold"), NOT_STATED)
def test_what_only_looks_like_the_value_is_not_stated(critique, gold):
    assert not list(stating(critique, gold, "How many?"))


def test_a_number_of_the_question_is_stated_only_where_it_is_called_the_answer():
    question = "Anna has 12 apples and buys twelve. How many more than 12?"
    assert not list(stating("The 12 apples are counted twice; it is 12 that she buys.", "12", question))
    assert list(stating("The answer is 12.", "12", question))


def test_a_mask_hides_the_value_and_nothing_else():
    critique = "Adding gives 36, so thirty-six it is.\nConclusion: wrong"
    hidden = masked(critique, list(stating(critique, "36", "How many?")))
    assert hidden == "Adding gives [hidden], so [hidden] it is.\nConclusion: wrong"
