"""What servers send in place of a chat completion, as lm-eval's parser gets it."""

import pytest

from cgd_recipes.evaluation.harness.ends import Ends
from cgd_recipes.evaluation.harness.fault import EvaluationFault
from cgd_recipes.evaluation.harness.served import mend_outputs

CHOICE = {"index": 0, "message": {"content": "so \\boxed{4}"}, "finish_reason": "stop"}


def without(key):
    return {name: value for name, value in CHOICE.items() if name != key}


def parsed(outputs):
    """Texts as lm-eval reads them, and the finish reason of the first."""
    ends, texts = Ends(), []
    for output in mend_outputs(outputs, ends):
        found = [None] * len(output["choices"])
        for choice in output["choices"]:
            found[choice["index"]] = choice["message"]["content"]
        texts += found
    return texts, ends.reason(texts[0])


@pytest.mark.parametrize(
    ("choice", "text", "reason"),
    [
        (CHOICE, "so \\boxed{4}", "stop"),
        (without("index"), "so \\boxed{4}", "stop"),
        ({**CHOICE, "index": "0"}, "so \\boxed{4}", "stop"),
        ({**CHOICE, "index": 7}, "so \\boxed{4}", "stop"),
        ({**CHOICE, "message": {"content": [{"type": "text", "text": "so "}, {"type": "text", "text": "4"}]}}, "so 4", "stop"),
        ({**CHOICE, "message": {"content": None, "reasoning_content": "hm"}, "finish_reason": "length"}, "", "length"),
        ({"index": 0, "finish_reason": "content_filter"}, "", "content_filter"),
        ({**CHOICE, "message": {"content": {"a": 1}}}, "", "unreadable"),
        ({**CHOICE, "message": "4"}, "", "unreadable"),
        (None, "", "unknown"),
    ],
)  # fmt: skip
def test_a_choice_is_read_however_it_is_written(choice, text, reason):
    assert parsed({"choices": [choice]}) == ([text], reason)


@pytest.mark.parametrize("output", [{"choices": []}, {"choices": None}, {}])
def test_a_question_without_a_choice_has_an_empty_answer_that_is_counted(output):
    assert parsed(output) == ([""], "no choices")


@pytest.mark.parametrize(
    "output", [{"error": {"message": "overloaded", "code": 502}}, "overloaded", {"choices": "overloaded"}]
)
def test_an_error_in_place_of_an_answer_is_none(output):
    with pytest.raises(EvaluationFault, match=r"the server sent no answer, but .*overloaded"):
        mend_outputs(output, Ends())
