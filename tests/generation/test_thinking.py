"""Thinking told apart from answers, for every way in which models mark it."""

import pytest

from cgd_recipes.generation.engines.protocol import Completion, RequestFailed
from cgd_recipes.generation.flow import judged
from cgd_recipes.generation.thinking import separate

S1 = "<|im_start|>"


@pytest.mark.parametrize(
    ("text", "answer", "reasoning"),
    [
        ("plain \n", "plain", None),
        ("<think>hm</think>\n\n4", "4", "hm"),
        ("\n<think>\nhm, </think or not>\n</think>4", "4", "hm, </think or not>"),
        ("opened by the template</think>4", "4", "opened by the template"),
        ("<think></think>4", "4", None),
        (f"{S1}think\nthe answer is near\n{S1}answer\nAnswer: 4", "4", "the answer is near"),
        ("think\nso the answer follows\nanswer\nAnswer: 4", "4", "so the answer follows"),
        ("think\nso answer Answer: 4 and Answer: 5", "4 and Answer: 5", "so"),
        ("think of a number. It is 4.", "think of a number. It is 4.", None),
        ("<thinking>hm</thinking>4", "4", "hm"),
        ("[THINK]hm[/THINK]4", "4", "hm"),
        ("let me see <think>hm</think>4<|im_end|>", "4", "let me see <think>hm"),
        ("think\nx\nanswer\nFinal Answer: 4", "Final Answer: 4", "x"),
        ("<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final<|message|>4<|return|>", "4", "hm"),
        ("<|start|>assistant<|channel|>analysis<|message|>hm<|end|><|channel|>final<|message|>4", "4", "hm"),
        ("<|channel|>commentary to=f<|message|>hm<|end|><|channel|>final<|message|>4", "4", "hm"),
        ("<|channel|>final<|message|>4", "4", None),
        ("analysisWe add.assistantfinal4", "4", "We add."),
        ("Analysis shows 4", "Analysis shows 4", None),
        ("thinking about it, the answer is 4", "thinking about it, the answer is 4", None),
        ("The tag <think> begins thinking, and so does think.", "The tag <think> begins thinking, and so does think.", None),
    ],
)  # fmt: skip
def test_answer_and_thinking(text, answer, reasoning):
    assert separate(text, None) == (answer, reasoning, True)


LOST = [
    "<think>hm",
    "think\nthe answer is 4",
    f"{S1}think\nhm",
    "analysisWe add. final",
    "<think>a</think>4 <think>b</think>5",
]


@pytest.mark.parametrize("text", LOST)
def test_an_answer_that_never_left_its_thinking(text):
    parts = separate(text, None)
    assert (parts.answer, parts.ended) == ("", False)
    assert parts.reasoning


def test_reasoning_returned_apart():
    assert separate("4", "hm") == ("4", "hm", True)
    assert separate("", "hm") == ("", "hm", False)
    assert separate("<think>more</think>4", "hm") == ("4", "hm\nmore", True)


def test_a_style_can_be_named():
    assert separate("<think>hm</think>4", None, "none") == ("<think>hm</think>4", None, True)
    assert separate("<think>hm</think>4", None, "s1").answer == "<think>hm</think>4"
    # Its template opens the thinking, so that without an end there is no answer.
    assert separate("still at it", None, "think") == ("", "still at it", False)
    assert separate("4", "returned apart", "think") == ("4", "returned apart", True)


@pytest.mark.parametrize(
    ("text", "finish", "fault"),
    [
        ("4", "stop", ""),
        ("4", "length", "truncated answer"),
        ("<think>hm", "length", "truncated: the answer never left its thinking"),
        ("<think>hm", "stop", "the answer never left its thinking"),
        ("<think>hm</think> ", "stop", "empty answer"),
        ("", "stop", "empty answer"),
    ],
)
def test_what_cannot_be_used(text, finish, fault):
    completion = Completion(text, None, finish, 1, 1, None, 0.1, "m", "s")
    if not fault:
        assert judged(completion, "auto").answer == text
        return
    with pytest.raises(RequestFailed) as caught:
        judged(completion, "auto")
    assert caught.value.reason == fault
