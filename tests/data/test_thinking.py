"""Thinking told apart from answers, for every way in which models mark it."""

import json
from types import SimpleNamespace

import pytest
from helpers.lists import some
from helpers.plain import plain_yaml
from helpers.rows import examples_of, make_row
from helpers.students import write_published

from cgd_recipes.data.layout import load_layout
from cgd_recipes.data.shapes.conversation import untrained_in
from cgd_recipes.data.thinking import _styles, separate, thinking_mark, without_thinking
from cgd_recipes.errors import RecipeError
from cgd_recipes.files.schema import quoted
from cgd_recipes.files.shipped import data_root
from cgd_recipes.generation.engines.protocol import Completion, RequestFailed
from cgd_recipes.generation.flow import judged
from cgd_recipes.generation.stage import FOLDER, read_stage
from cgd_recipes.recipe.resolve import load_recipe
from cgd_recipes.trainers.plan import make_plan
from cgd_recipes.trainers.registry import trainer_of

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
        ("thinking <v> is fine, and so is think.", "thinking <v> is fine, and so is think.", None),
        ("4</s>", "4", None),
        ("4 <|eot_id|>\n<|end_of_text|> ", "4", None),
    ],
)  # fmt: skip
def test_answer_and_thinking(text, answer, reasoning):
    assert separate(text, None) == (answer, reasoning, True)


@pytest.mark.parametrize(
    "text",
    [
        "It writes `<think>` and `</think>` around it.",
        "Send:\n```\n<think>\nx\n</think>\n```\nto it.",
        "`[/THINK]` ends it",
    ],
)
def test_an_answer_about_marks_of_thinking_is_not_cut_at_them(text):
    assert separate(text, None) == (text, None, True)
    assert judge(text).reason.startswith("mark of thinking ")
    assert separate(f"<think>{text}</think>\n4", None) == ("4", text, True)
    assert separate(f"```\nx</think>\n```\n{text[:5]}\n```", None).answer == f"```\n{text[:5]}\n```"


ENDS = [
    "</think>", "</thinking>", "[/THINK]", f"{S1}answer\nAnswer:", "x\nanswer\nFinal Answer: 4", "<|channel|>final<|message|>",
    "<|start|>assistant<|channel|>final json<|message|>", "We add.assistantfinal4",
]  # fmt: skip


@pytest.mark.parametrize("text", ENDS)
def test_what_ends_thinking_holds_what_is_looked_for_first(text):
    found = [(style, end[0]) for style in _styles().values() for end in style.closes.finditer(text)]
    assert found and all(any(part in end for part in style.holds) for style, end in found)
    assert all(style.end_of_thinking(text, 0) for style, _ in found)


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
    assert thinking_mark(separate("<think>hm</think>4", None, "s1").answer) == "<think>"
    # Its template opens the thinking, so that without an end there is no answer.
    assert separate("still at it", None, "think") == ("", "still at it", False)
    assert separate("4", "returned apart", "think") == ("4", "returned apart", True)


def judge(text, finish="stop", thinking="auto", finish_reasons=(), marks_as_text=()):
    """The answer that is used, or why none is."""
    bound = SimpleNamespace(thinking=thinking, finish_reasons=finish_reasons, marks_as_text=marks_as_text)
    try:
        return judged(Completion(text, None, finish, 1, 1, None), bound).answer
    except RequestFailed as failed:
        return failed


@pytest.mark.parametrize(
    ("text", "finish", "fault"),
    [
        ("4", "stop", ""),
        ("4", "length", "truncated answer"),
        ("<think>hm", "length", "truncated: the answer never left its thinking"),
        ("<think>hm", "stop", "the answer never left its thinking"),
        ("<think>hm</think> ", "stop", "empty answer"),
        ("", "stop", "empty answer"),
        ("\u200b\u200b", "stop", "empty answer"),
        ("\u2063", "stop", "empty answer"),
        ("\ufeff<|im_end|>", "stop", "empty answer"),
    ],
)
def test_what_cannot_be_used(text, finish, fault):
    found = judge(text, finish)
    assert (found == text) if not fault else (found.reason == fault)


@pytest.mark.parametrize(
    "finish", ["stop", "STOP", "end_turn", "stop_sequence", "eos_token", "COMPLETE", "stop-sequence"]
)
def test_finish_reasons_of_whole_answers(finish):
    assert judge("4", finish) == "4"


@pytest.mark.parametrize("finish", ["length", "max_tokens", "MAX_TOKENS", "model_length", "max-output-tokens"])
def test_finish_reasons_of_truncated_answers(finish):
    assert judge("4", finish).reason == "truncated answer"


@pytest.mark.parametrize(
    "finish", ["content_filter", "abort", "tool_calls", "recitation", "SAFETY", "unknown", "repetition"]
)
def test_any_other_finish_reason_sets_the_row_aside_by_its_name(finish):
    assert judge("The answer is found by first", finish).reason == f"finish reason '{finish}'"
    assert judge("4", finish, finish_reasons=[finish.upper()]) == "4"


def test_a_finish_reason_is_fit_for_a_table():
    reason = judge("4", "\x1b[2Jx\nrows 20 of 20" + "y" * 1000).reason
    assert reason.isprintable() and len(reason) < 80


THOUGHTS = [
    "Okay. <think> first... \\boxed{4}", "<thought>hm</thought>4", "<seed:think>hm</seed:think>4",
    "<|begin_of_thought|>hm<|end_of_thought|>4", "<reasoning>hm</reasoning>\n4", "<Thinking time=3>hm",
    "<|START_THINKING|>hm<|END_THINKING|>4", "\u25c1think\u25b7hm\u25c1/think\u25b74", "&lt;think&gt;hm&lt;/think&gt;4",
    "4</thought>", "<scratchpad>1+1</scratchpad>2", "<inner_monologue>x</inner_monologue>4", "<CoT>x</CoT>4",
    "[BEGIN OF THOUGHT]x[END OF THOUGHT]4", "[reasoning]x[/reasoning]4", "\uff1cthink\uff1ehm", "<think/>4", "<\u601d\u8003>x",
    "4 <reflection>is it?</reflection> 5", "<longcat_think>x</longcat_think>4", "<brainstorm>x</brainstorm>4",
    "<inner_voice>x</inner_voice>4", "Thinking...\nhm\n...done thinking.\n\n4", "<seed:cot_budget_reflect>x", "< think >hm</ think >4",
    "<plan>x</plan>4", "\n<Working>x</Working> 4", "<draft v='1'>x</draft>4", "<step>x</step><step>4</step>", "<hidden>x</hidden>\n4",
    "[PLAN]x[/PLAN]4", "<details><summary>x</summary>y</details>4", "```thinking\nx\n```\n4", "So:\n~~~ think\nx\n~~~\n4",
    "**Thinking:** x\n\n4", "# Thinking\nx\n4", "Thinking Process:\n1. x\n4", "Here's a thinking process: x\n4", "Inner monologue:\nx",
    "**Thinking...**\nx\n\n4", "Thinking\u2026\nx\n4", "> Thought for 12 seconds\n\n4", "Thought for a few minutes:\nx\n4",
    "[\u601d\u8003]x[/\u601d\u8003]4",
    "\u601d\u8003\u8fc7\u7a0b\uff1ax", '{"thinking": "x", "answer": 4}', '```json\n{\n  "reasoning": "x"}\n```',
]  # fmt: skip


@pytest.mark.parametrize("text", THOUGHTS)
def test_whatever_looks_like_thinking_is_not_trained(text):
    found = judge(text)
    assert isinstance(found, RequestFailed), found
    assert "thinking" in found.reason
    assert isinstance(judge(text, thinking="s1"), RequestFailed)
    if "<|" not in text:  # a control token, too
        assert judge(text, thinking="none") == text.strip()


@pytest.mark.parametrize(
    "text",
    [
        "a < b and c > d", "if x<thing then y>0", "[Reasoning](http://x) is a link", "[1, 2] and [thinking of it as a set]",
        "<|v|> is the mean speed", "\\langle \\psi | \\phi \\rangle", "<b>4</b> and <s>5</s>", "the cotangent <cotangent>",
        "I think, after some thought, for this reason: 4", "x <= y, y >= reason", "vector <1, 2, 3>", "$a<b$ reasoning $c>d$",
        "<b>4</b> is it", "<answer>4</answer>\nIndeed.", "<Table><tr><td>4</td></tr></Table> as shown", "<plan>4</plan>", "<plan> is a tag",
        "<plan>4</plan>\u200b\n", "[x] and [/x]", "```python\nx = 4\n```\nSo 4",
        "Thought for the day: 4", "Thinking about it: 4", "Reasoning: 2 + 2 = 4", "Thoughtful: 4",
        '{"answer": 4, "reasoning": "x"}', "{x : x > 4}", "Analysis:\n4", "<h2>Plan</h2> 4", "<math>4</math> so 4", "<x", "[a", "`think`",
        "use List<Thought> and Map<String, Analysis>", "useState<ThinkingState>()", "#include <analysis.h>", "to <analyst@example.com>",
        "```reason\nlet x = 1\n```", "```thinkscript\nplot x = 1;\n```", '{"reason": "not found", "code": 404}',
        "[quote]4[/quote] Yes.", "[hide]4[/hide] So 4.", "<noscript>x</noscript> y",
    ],
)  # fmt: skip
def test_what_is_no_thinking_is_left_alone(text):
    assert judge(text) == text.rstrip()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("<plan>x</plan>4", "<plan>"), ("[PLAN]x[/PLAN]4", "[PLAN]"), ("**Thoughts:** x", "Thoughts:"), ('{"thinking": 4}', '{"thinking"'),
        ("```thinking\nx\n```", "```thinking"), ("<thought>x</thought>4", "<thought>"),
        (f"<{'thought' * 8}>4", f"<{'thought' * 8}>"), ("[reasoning] x", "[reasoning]"),
    ],
)  # fmt: skip
def test_a_mark_is_text_by_the_name_in_the_reason(text, name):
    assert judge(text).reason == f"mark of thinking {quoted(name)} in the answer"
    assert judge(text, marks_as_text=["x", name]) == text
    assert isinstance(judge(f"{text} <cot>", marks_as_text=[name]), RequestFailed)


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("4<|im_end|>", "4"),
        ("4</s></s>", "4"),
        ("4<|endoftext|>\n\n", "4"),
        ("4<end_of_turn>", "4"),
        ("4<\uff5cend\u2581of\u2581sentence\uff5c>", "4"),
        ("4<|END_OF_TURN_TOKEN|>", "4"),
        ("4<|im_end|>\n<|im_start|>user\nNext?", "control token '<|im_end|>' in the answer"),
        ("4<|some_new_token|>", "control token '<|some_new_token|>' in the answer"),
        ("4</s> [INST] and then", "control token '[INST]' in the answer"),
        ("4<|start_header_id|>assistant", "control token '<|start_header_id|>' in the answer"),
        ("4</s>5", "control token '</s>' in the answer"),
        ("4<unused94>5", "control token '<unused' in the answer"),
        ("use <s>x</s>", "use <s>x</s>"),
        ("4<|eos|>", "4"),
        ("4[e~[\n", "4"),
        ("4[e~[\n]~b]user", "control token ']~b]' in the answer"),
        ("4</s><s>", "control token '</s>' in the answer"),
        ("4</s><s>5</s>", "control token '</s>' in the answer"),
        ("4<s>", "'<s>' in the answer, which is no part of it"),
        ("4</S>", "'</S>' in the answer, which is no part of it"),
        ("4im_end|>", "'im_end|>' in the answer, which is no part of it"),
        ("4<|im_end>", "'<|im_end>' in the answer, which is no part of it"),
        ("4<eot_id>", "'<eot_id>' in the answer, which is no part of it"),
        ("4[/INST", "'[/INST' in the answer, which is no part of it"),
        ("[TOOL_CALLS][{}]4", "control token '[TOOL_CALLS]' in the answer"),
        ("[gMASK]<sop>4", "control token '[gMASK]' in the answer"),
        ("4<SPECIAL_12>5", "'<SPECIAL_12>' in the answer, which is no part of it"),
        ("assistant\n\n4", "'assistant' in the answer, which is no part of it"),
        ("It is 4.assistant\n\nIt is 4.", "'assistant' in the answer, which is no part of it"),
        ("It is $4$user\n\nNext?", "'user' in the answer, which is no part of it"),
        ("4\n\nAssistant: 5", "'Assistant:' in the answer, which is no part of it"),
        ("The\u0120answer\u0120is\u01204\u010a", "'\u0120' in the answer, which is no part of it"),
        ("The\u2581answer\u2581is\u25814", "'\u2581' in the answer, which is no part of it"),
        ("Il-\u0120img\u0127a \u0120did; \u2581\u2582\u2583", "Il-\u0120img\u0127a \u0120did; \u2581\u2582\u2583"),
        (
            "a teaching\nassistant, an assistant\nor a user\nsays",
            "a teaching\nassistant, an assistant\nor a user\nsays",
        ),
        ("<S>4</S>", "<S>4</S>"),
        ("4<|im_end|", "'<|im_end|' in the answer, which is no part of it"),
        ("4<|eot_", "'<|eot_' in the answer, which is no part of it"),
        ("4<|my_mark|", "'<|my_mark|' in the answer, which is no part of it"),
        ("4</s", "'</s' in the answer, which is no part of it"),
        ("4<pad>\n", "'<pad>' in the answer, which is no part of it"),
        ("4<unk>5", "'<unk>' in the answer, which is no part of it"),
        ("4<0x0A>5", "'<0x0A>' in the answer, which is no part of it"),
        ("4<extra_id_1>", "'<extra_id_1>' in the answer, which is no part of it"),
        ("4\nUser: and 5?", "'User:' in the answer, which is no part of it"),
        ("4\n\n**Human:** and 5?", "'Human:' in the answer, which is no part of it"),
        ("4\n### Instruction:\nNext", "'Instruction:' in the answer, which is no part of it"),
        ("4\nuser\nNext\nassistant\n5", "'user' in the answer, which is no part of it"),
        ("```\nx\n```\nUser: and 5?\n```\ny\n```", "'User:' in the answer, which is no part of it"),
        ("4\n```\nUser: and 5?", "'User:' in the answer, which is no part of it"),
        ("`x` <unk>", "'<unk>' in the answer, which is no part of it"),
        ("```yaml\nschemas:\nUser:\n  type: object\n```", "```yaml\nschemas:\nUser:\n  type: object\n```"),
        ("- A:\n  ~~~\nuser\n  models.py\n  ~~~\nx", "- A:\n  ~~~\nuser\n  models.py\n  ~~~\nx"),
        ("schemas:\n  User:\n    type", "schemas:\n  User:\n    type"),
        ("Actors:\n* User: a person", "Actors:\n* User: a person"),
        ("It writes `<unk>` and `<0x0A>`.", "It writes `<unk>` and `<0x0A>`."),
        ("so |a| <|b|", "so |a| <|b|"),
        ("a <b", "a <b"),
        ("The User: is 4. A user\nis human", "The User: is 4. A user\nis human"),
        ("[1, 2] or [E", "[1, 2] or [E"),
    ],
)
@pytest.mark.parametrize("thinking", ["auto", "none", "s1"])
def test_marks_of_the_end_are_cut_and_other_control_tokens_set_the_row_aside(text, outcome, thinking):
    found = judge(text, thinking=thinking)
    assert (found.reason if isinstance(found, RequestFailed) else found) == outcome


@pytest.mark.parametrize(
    ("text", "mark"), [("a <|token|> b", "<|token|>"), ("use [INST] first", "[INST]"), ("4</s>5", "</s>")]
)
def test_a_control_token_is_text_by_the_name_in_the_reason(text, mark):
    assert judge(text).reason == f"control token {quoted(mark)} in the answer"
    assert judge(text, marks_as_text=["x", mark]) == text
    assert isinstance(judge(f"{text} <|other|> <eos> 4", marks_as_text=[mark]), RequestFailed)


LENGTH = 1 << 17
HOSTILE = [
    f"<think>a</think>a{' ' * LENGTH}x", f"{' ' * LENGTH}x", f"4{'<|im_end|>' * (LENGTH // 10)}x", "<" * LENGTH,
    f"4{'<|im_end|> ' * (LENGTH // 11)}", "<think" * (LENGTH // 6), f"<|{'a' * 50}" * (LENGTH // 52), "[begin " * (LENGTH // 7),
    f"<{'a' * 139}" * (LENGTH // 140), "answer " * (LENGTH // 7), f"think\n{'answer  ' * (LENGTH // 8)}",
    "<|channel|>final " * (LENGTH // 17), f"analysisWe{' ' * LENGTH}", "&lt;" * (LENGTH // 4), "a:" * (LENGTH // 2),
    f"<plan>{'</plan' * (LENGTH // 6)}", f"{' ' * LENGTH}<plan>", "```" * (LENGTH // 3), "\n" * LENGTH + "x", "\n# " * (LENGTH // 3) + "x",
    f"```\n{'User:' + chr(10)}```" * (LENGTH // 12), f"```{(chr(10) + 'User:') * (LENGTH // 6)}\n```", "`<unk>`" * (LENGTH // 7),
    f"<think>a</think>{chr(10) * LENGTH}", f"<|im_start|>answer{' ' * LENGTH}x", "</think>" * (LENGTH // 8),
]  # fmt: skip


@pytest.mark.parametrize("text", some(HOSTILE, 4), ids=range(len(HOSTILE)))
def test_a_long_text_of_anything_ends(text):
    """Work that grew with the square of the length would take minutes here."""
    judge(text)
    judge(text, thinking="s1")


def test_a_long_text_of_a_score_ends():
    stage = read_stage(data_root() / FOLDER / "judge.yaml")
    for text in (
        f"informativeness{':' * LENGTH}",
        "informativeness: " * (LENGTH // 17),
        f"specificity{' ' * LENGTH}:",
    ):
        assert stage.read(text) == {}


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("Informativeness: 4", 4), ("**Informativeness:** 5", 5), ("- informativeness: 3/5, good", 3), ("Informativeness: 2 (of 5)", 2),
        ("Informativeness: 4 or 5", None), ("Informativeness: 3-4", None), ("Informativeness: 4.5", None), ("Informativeness: 3/4", None),
        ("Informativeness: 45", None), ("Informativeness: 0", None), ("Informativeness: 4\u20135", None), ("Informativeness: 4 to 5", None),
        ("Informativeness: 4.0", 4), ("Informativeness: 4.05", None), ("Informativeness: 4 out of 5", 4),
        ("Informativeness: 4 of 50", None),
        ("Informativeness: 4 out of 10", None), ("Informativeness: 4|5", None), ("Informativeness: 4 (or 3)", None),
        ("Informativeness: 4\u00bd", None), ("Informativeness: 4+", None), ("Informativeness: 5 %", None),
        ("Informativeness: 3 points less than 5", None),
        ("Informativeness: 2\nInformativeness: 4", 4), ("Informativeness: N", None),
    ],
)  # fmt: skip
def test_a_score_that_hedges_is_none(text, score):
    stage = read_stage(data_root() / FOLDER / "judge.yaml")
    assert stage.read(text).get("informativeness") == score


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("wrong", "Conclusion: wrong"), ("**Right.**", "Conclusion: right"), ('"wrong"', "Conclusion: wrong"),
        ('{"conclusion": "right"}', "Conclusion: right"), ("Sure!\nConclusion: right", "Conclusion: right"),
        ("right or wrong", ""), ("It is right in part", ""), ("[" * 100_000, ""), ('{"a":' * 100_000, ""), ("1" * 10_000, ""),
    ],
)  # fmt: skip
def test_a_verdict_that_was_asked_for_may_be_the_bare_word(text, line):
    stage = read_stage(data_root() / FOLDER / "critique.yaml")
    assert stage.follow_up_lines(text, ["verdict"]) == line


def test_of_two_scores_a_bare_number_is_neither():
    stage = read_stage(data_root() / FOLDER / "judge.yaml")
    assert stage.follow_up_lines("4", ["informativeness", "specificity"]) == ""
    assert stage.follow_up_lines("4", ["specificity"]) == "Specificity: 4"


@pytest.mark.parametrize(
    "text", ["\u200b", "\u2065", "\ufff0", "\ufffc", "\U00016fe4", "\U0001bca0", "\U0001d159", "\U0001d173"]
)
def test_an_answer_of_which_nothing_shows_is_empty(text):
    assert judge(f" {text}\n{text}").reason == "empty answer"
    assert judge(f"{text}4") == f"{text}4"


ROWS = {
    "marked": {"refined_response": "<think>\nOne more <|x|> is three.\n</think>\n\nIt is 4."},
    "apart": {"refined_response": "It is 4.", "refined_reasoning": "I count."},
    "without": {"refined_response": "It is 4."},
    "unended": {"refined_response": "<think>It is 4, or is it? \\boxed{4}"},
}
UNENDED = "an answer never leaves its thinking"
THOUGHTS = {"marked": "One more <\u200b|x|> is three.", "apart": "I count."}


@pytest.mark.parametrize("family", some(["qwen3", "smollm3", "deepseek-r1-distill", "gpt-oss"], every=2))
@pytest.mark.parametrize("setting", ["drop", "keep", "train"])
def test_thinking_is_dropped_kept_or_trained_after_the_prompt_of_inference(
    setting, family, tmp_path, render_recipe, write_rows
):
    source = write_rows([make_row(number, id=name, **fields) for number, (name, fields) in enumerate(ROWS.items())])
    student = write_published(tmp_path / "student", family)
    short = ["train.sequence_len=4096", "evaluate.max_gen_toks=64", "train.global_batch_size=8", "data.max_rejected=1"]
    settings = [f"thinking={setting}", f"student={student}", f"data.source={source}", *short]
    rendered = render_recipe(f"{family}-cgd", *settings)
    marks = rendered.plan.family.thinking
    config = trainer_of(rendered.plan).build(rendered.plan)
    layout = load_layout(rendered.plan, config["chat_template_jinja"], {"bos_token": "<s>"})
    end, seen = rendered.plan.family.values["end_of_turn"], {}
    for example in examples_of(rendered):
        messages = example["messages"]
        prompt = layout.try_text(messages[:-1], add_generation_prompt=True)
        whole = layout.text(messages)
        assert whole.startswith(prompt)
        dropped = marks["none"] if setting == "drop" else ""
        assert prompt.endswith(("assistant\n" + dropped, "<\uff5cAssistant\uff5c>" + dropped, "assistant" + dropped))
        answer = messages[-1]["content"]
        assert whole.removeprefix(prompt).rstrip("\n") == answer + end
        untrained = untrained_in(messages)
        seen[example["id"]] = (answer[:untrained], answer[untrained:])
    written = {name: marks["opens"] + thought + marks["closes"] for name, thought in THOUGHTS.items()}
    expected = {
        "drop": dict.fromkeys(["marked", "apart", "without"], ("", "It is 4.")),
        "keep": {name: (head, "It is 4.") for name, head in {**written, "without": marks["none"]}.items()},
        "train": {name: ("", head + "It is 4.") for name, head in written.items()},
    }
    assert seen == expected[setting]
    alone = {"no thinking before the answer, and 'thinking' is to train it": 1} if setting == "train" else {}
    assert rendered.data.counts.rejected == {UNENDED: 1, **alone}
    assert any("1 examples begin with thinking" in warning for warning in rendered.warnings) == (setting == "drop")


@pytest.mark.parametrize(
    ("answer", "mark"),
    [
        ("Okay. <think>hm \\boxed{4}", "<think>"),
        ("<thought>hm</thought>4", "<thought>"),
        ("[reasoning]x 4", "[reasoning]"),
    ],
)
def test_rows_with_a_mark_of_thinking_in_the_answer_are_set_aside(answer, mark, render_recipe, write_rows):
    rows = [make_row(0, refined_response=answer), *(make_row(number) for number in range(1, 9))]
    rendered = render_recipe("qwen-cgd", f"data.source={write_rows(rows)}", "data.max_rejected=1")
    assert rendered.data.counts.rejected == {f"an answer holds the mark of thinking '{mark}'": 1}
    assert rendered.data.counts.examples == 8


def test_a_kept_thought_is_no_trained_text(render_recipe, write_rows):
    source = write_rows([make_row(number, refined_reasoning="I count.") for number in range(8)])
    rendered = render_recipe("qwen3-cgd", "thinking=keep", f"data.source={source}", "train.global_batch_size=8")
    (detail,) = {json.dumps(example["messages"][-1]["training_detail"]) for example in examples_of(rendered)}
    head, answer = json.loads(detail)
    assert (head["begin_offset"], head["train"], answer["train"]) == (0, False, True)
    assert answer["begin_offset"] == head["end_offset"] + 1
    assert rendered.data.counts.characters == 8 * (answer["end_offset"] - head["end_offset"])
    dataset = plain_yaml((rendered.folder / "axolotl.yaml").read_text())["datasets"][0]
    assert dataset["message_field_training_detail"] == "training_detail"


@pytest.mark.parametrize("family", ["llama", "qwen", "mixtral", "olmo"])
def test_thinking_is_cut_whatever_the_family(family, render_recipe, write_rows):
    source = write_rows([make_row(number, **(ROWS["marked"] if number == 3 else {})) for number in range(8)])
    rendered = render_recipe(f"{family}-cgd", f"data.source={source}", "train.global_batch_size=8")
    answers = {example["id"]: example["messages"][-1]["content"] for example in examples_of(rendered)}
    assert answers["r3"] == "It is 4."


@pytest.mark.parametrize(
    ("recipe", "settings", "message"),
    [
        ("llama-cgd", ["thinking=train"], "family 'llama' does not say how it marks thinking"),
        ("qwen3-cgd", ["thinking=train", "method=dpo"], "method 'dpo' trains on preference pairs, whose thinking can only be dropped"),
        ("qwen-cgd", ["thinking=keep", "train.trainer=torchtune"], "thinking that is not trained is rendered for trainer: axolotl only"),
    ],
)  # fmt: skip
def test_thinking_that_cannot_be_had_is_told(recipe, settings, message):
    with pytest.raises(RecipeError) as raised:
        make_plan(load_recipe(recipe, settings))
    (problem,) = [problem for problem in raised.value.problems if message in problem.message]
    assert str(problem.where) == "-s thinking"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (" It is 4.</s>\n", " It is 4.</s>\n"),
        ("<think>\\boxed{4}</think>It is 5.", "It is 5."),
        ("<think></think>It is 4.", "It is 4."),
        ("\\boxed{4}</think>", ""),
        ("<think>\\boxed{4}", ""),
    ],
)
def test_an_answer_is_what_follows_the_thinking(text, answer):
    assert without_thinking(text).answer == answer
