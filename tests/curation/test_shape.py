"""What a text's shape tells: its end, loops, language."""

import pytest

from cgd_recipes.curation.filters.shape import end_of, is_loop, language_of
from cgd_recipes.curation.golds import gold_answer


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("So it is \\boxed{12}", "whole"),
        ("So the answer is 12.", "whole"),
        ("Add them all.\nA: 12", "whole"),
        ("They are all prime numbers.", "no final answer"),
        ('They are all prime "numbers."', "no final answer"),
        ("First we add the two and", "no sentence end"),
        ("Then we take the first,", "cut off"),
        ("The answer is \\boxed{12", "cut off"),
        ("And then we add ...", "cut off"),
        ("```python\nprint(1)", "cut off"),
    ],
)
def test_the_end_of_an_answer(text, end):
    assert end_of(text) == end


@pytest.mark.parametrize("part", [".", "...", "}", "$", "`", "[...] "])
def test_the_end_of_a_long_run_of_what_ends_answers_is_found_at_once(part):
    assert end_of(part * (1 << 17) + "x") in ("no sentence end", "cut off")


def test_a_gold_answer_behind_a_mark_is_found_past_any_blanks():
    assert gold_answer({"answer": "2 + 2 = 4\n#### 4 \n"}, None).text == "4"
    blanks = " " * (1 << 17)
    assert gold_answer({"answer": f"#### a{blanks}x"}, None).text == f"a{blanks}x"
    assert gold_answer({"answer": "####"}, None).text == "####"


def test_a_loop_is_told_from_an_answer_with_many_like_lines():
    assert is_loop("First, add. " + "The answer is 7. " * 60)
    assert is_loop("18" * 500)
    assert not is_loop(
        "\n".join(f"{n} * {n + 1} = {n * (n + 1)}, which is even and above {n * n}." for n in range(1, 40))
    )
    assert not is_loop("no " * 20)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The price of each is 12 dollars, so we have 36 dollars for all of them in the end.", "en"),
        ("Der Preis ist 12 Euro und wir haben drei Stück gekauft, das sind zusammen 36 Euro für alle.", "de"),
        ("Le prix est de 12 euros et nous avons acheté trois objets, donc le total est de 36 euros.", "fr"),
        ("每个的价格是十二元 所以一共是三十六元", "zh"),
        ("x + y = 12, 3x = 9", ""),
    ],
)
def test_a_language_is_told_by_its_script_and_its_commonest_words(text, code):
    assert language_of(text) == code
