"""What is written of a row: no control token from its text, no mark behind its answer, no pair that teaches nothing."""

import json

import pytest
from helpers.rows import examples_of, make_row

from cgd_recipes.data import filters, shapes
from cgd_recipes.data.filters.protocol import drop
from cgd_recipes.data.marks import _marks, cut_end_marks, find_end_mark
from cgd_recipes.data.rejections import Reason
from cgd_recipes.data.thinking import separate
from cgd_recipes.errors import RecipeError


def answers(rendered):
    return {example["id"]: example["messages"][-1]["content"] for example in examples_of(rendered)}


def rows_with(value, count=20, field="refined_response"):
    return [make_row(n, **({field: value} if n == 3 else {})) for n in range(count)]


END_MARKS = [
    "</s>",
    "<|eot_id|>",
    "<|im_end|>\n",
    " <|endoftext|></s> \n",
    "<end_of_turn>",
    "<|eot_id|>\u200b",
    "</s></s>",
]


@pytest.mark.parametrize("family", ["llama", "qwen", "mixtral", "olmo"])
def test_marks_behind_an_answer_are_cut_whatever_the_family(family, render_recipe, write_rows):
    rows = [make_row(number, id=mark, refined_response=f"It is 4.{mark}") for number, mark in enumerate(END_MARKS)]
    rendered = render_recipe(f"{family}-cgd", f"data.source={write_rows([*rows, make_row(9)])}")
    found = answers(rendered)
    assert {mark: found[mark] for mark in END_MARKS} == dict.fromkeys(END_MARKS, "It is 4.")
    assert rendered.data.counts.neutralised == 0
    expected = f"{len(END_MARKS)} examples end with a mark for the end of a turn"
    assert any(expected in warning for warning in rendered.warnings)


@pytest.mark.parametrize(
    "mark",
    ["<|foo_end|>", "<eod>", "[EOT]", "<|im_end|", "<pad>", "[PAD]", "<turn|>", "<\uff5cstop\uff5c>", "<|user|>"],
)
def test_a_mark_that_is_not_known_sets_the_row_aside_by_its_name(mark, render_recipe, write_rows):
    rendered = render_recipe("qwen-cgd", f"data.source={write_rows(rows_with(f'It is 4.{mark}'))}")
    assert rendered.data.counts.rejected == {f"an answer ends with the unknown mark '{mark}'": 1}


@pytest.mark.parametrize(
    "text",
    [
        "a < b > c", "x</b>", "the <s>old</s>", "[1, 2]", "|x|", "</answer>", "f(x)>", "Conclusion: wrong [END]", "the mean is <|v|>",
        "curl example.org/<endpoint>", "from <start_date> to <end_date>", "<line><stop>A</stop>\n<stop>B</stop>", "<padding>",
    ],
)  # fmt: skip
def test_text_that_is_no_mark_stays(text):
    assert cut_end_marks(text) == text
    assert find_end_mark(text) is None


def test_thinking_that_is_cut_may_quote_the_user(render_recipe, write_rows):
    thought = "<think>\nI see:\nUser: 2 + 2?\n</think>\nIt is 4."
    rendered = render_recipe("qwen-cgd", f"data.source={write_rows(rows_with(thought))}")
    assert answers(rendered)["r3"] == "It is 4."


def test_generation_and_rendering_cut_the_same_marks():
    for mark in _marks().end_of_turn:
        assert (cut_end_marks(f"4 {mark}\n"), separate(f"4 {mark}\n", None).answer) == ("4", "4")


@pytest.mark.parametrize("mark", ["<plan>", "User:", "<unk>", "[EOT]"])
def test_a_mark_that_is_text_in_the_rows_is_named_in_a_setting(mark, render_recipe, write_rows):
    answer = {"<plan>": "<plan>x</plan>4", "User:": "4\nUser: 5", "<unk>": "4<unk>5", "[EOT]": "4[EOT]"}[mark]
    source = f"data.source={write_rows(rows_with(answer))}"
    rejected = render_recipe("qwen-cgd", source).data.counts.rejected
    assert len(rejected) == 1 and all(f"'{mark}'" in reason for reason in rejected)
    with pytest.raises(RecipeError, match=r"name it in data[.]marks_as_text"):
        render_recipe("qwen-cgd", source, "data.max_rejected=0")
    rendered = render_recipe("qwen-cgd", source, f"data.marks_as_text={json.dumps(['x', mark])}")
    assert answers(rendered)["r3"] == answer


def test_an_answer_that_is_only_a_mark_is_none(render_recipe, write_rows):
    rendered = render_recipe("qwen-cgd", f"data.source={write_rows(rows_with('</s>'))}")
    assert rendered.data.counts.rejected == {"the method renders nothing for it": 1}


def test_rejected_answers_are_cut_too(render_recipe, write_rows):
    source = f"data.source={write_rows(rows_with('It is 3.</s>', field='student_response'))}"
    pairs = {example["id"]: example for example in examples_of(render_recipe("qwen-cgd", "method=dpo", source))}
    assert pairs["r3"]["rejected"]["content"] == "It is 3."


@pytest.mark.parametrize(
    "rejected",
    [
        *(
            "Two.",
            " Two.\n",
            "Two.</s>",
            "Two.<|im_end|>",
            "\n\nTwo. ",
            "T\u200bwo.",
            "Two.\ufeff",
            "Two\u200e.",
            "Two.\ufe0f",
        ),
        *("\u202aTwo.\u202c", "Two.\u2062", "T\u034fwo.", "Two.\x08", "Two.\x00", "Tw o.", "Two\xa0."),
    ],
)
def test_pairs_of_one_answer_are_left_out(rejected, render_recipe, write_rows):
    rows = rows_with(rejected, field="student_response")
    rows[3]["refined_response"] = "Two."
    rendered = render_recipe("llama-cgd", "method=dpo", f"data.source={write_rows(rows)}")
    assert rendered.data.counts.rejected == {"chosen and rejected are the same": 1}
    assert rendered.data.counts.examples == len(rows) - 1


def own_method(tmp_path, user, assistant="{{ refined_response }}", needs="[question, answer, refined_response]"):
    path = tmp_path / "mine.yaml"
    path.write_text(
        f"name: mine\ndescription: d\nneeds: {needs}\nuser: {json.dumps(user)}\nassistant: {json.dumps(assistant)}\n"
    )
    return f"method={path}"


@pytest.mark.parametrize(
    ("answer", "user"),
    [
        (["a", "<|im_start|>system"], "{{ answer }}"),
        ({"k": {"deep": ["<|im_start|>"]}}, "{{ answer }}"),
        ({"<|im_start|>": 1}, "{{ answer }}"),
        (["a", "<|im_start|>"], "{{ answer | join(' ') }}"),
        (["<|im_", "start|>"], "{{ answer | join }}"),
        ("start|>", "<|im_{{ answer }}"),
        ("<|im_", "{{ answer }}start|>"),
        ("<|IM_START|>", "{{ answer | lower }}"),
    ],
)
def test_control_tokens_in_lists_and_of_joined_parts_become_text(answer, user, render_recipe, write_rows, tmp_path):
    method, rows = own_method(tmp_path, user), rows_with(answer, count=4, field="answer")
    source = (f"data.source={write_rows(rows)}", "data.max_rejected=1.0")
    rendered = render_recipe("qwen-cgd", method, *source)
    text = (rendered.folder / "data" / "train.jsonl").read_text(encoding="utf-8")
    assert "<|im_start|>" not in text
    assert "<\u200b|im_start|>" in text
    assert rendered.data.counts.neutralised == 1
    rejecting = render_recipe("qwen-cgd", method, *source, "data.control_tokens=reject")
    assert rejecting.data.counts.rejected == {"control token in the text": 1}


def test_control_tokens_that_a_template_writes_stay(render_recipe, write_rows, tmp_path):
    method = own_method(
        tmp_path, "{{ question }}", "<|im_start|>think\n{{ answer }}<|im_start|>answer\n{{ refined_response }}"
    )
    rows = rows_with("4 <|im_start|> 5 <|im_end|> 6", field="answer")
    found = answers(render_recipe("s1-cgd", method, f"data.source={write_rows(rows)}"))
    assert found["r1"].count("<|im_start|>") == found["r3"].count("<|im_start|>") == 2
    assert "4 <\u200b|im_start|> 5 <\u200b|im_end|> 6" in found["r3"]


def test_rejecting_control_tokens_survives_rows_that_lack_a_field(render_recipe, write_rows):
    rows = [make_row(n) for n in range(30)]
    del rows[3]["critique"]
    rows[4]["question"] = 7
    rows[5]["critique"] = "<|eot_id|>"
    settings = ("data.control_tokens=reject", "data.max_rejected=0.2")
    rendered = render_recipe("llama-cgd", f"data.source={write_rows(rows)}", *settings)
    assert rendered.data.counts.rejected == {
        "no critique": 1, "question is not text": 1, "control token in the text": 1
    }  # fmt: skip


def test_a_new_filter_is_a_class_and_its_line(render_recipe, write_rows, monkeypatch):
    class NoFives:
        reads = frozenset(["answer"])

        def __init__(self, plan, needs):
            pass

        def __call__(self, row):
            return drop(Reason.MISSING, "patience") if row.id == "r5" else None

    monkeypatch.setitem(filters.ROW_FILTERS, "no_fives", NoFives)
    rendered = render_recipe("llama-cgd", f"data.source={write_rows([make_row(n) for n in range(30)])}")
    assert rendered.data.counts.rejected == {"no patience": 1}
    listed = json.loads((rendered.folder / "data" / "rejected.jsonl").read_text())
    assert listed == {"id": "r5", "file": "rows.jsonl", "line": 6, "reason": "no patience"}


def test_a_new_shape_is_a_class_and_its_line(render_recipe, write_rows, monkeypatch):
    class Upside(shapes.Conversation):
        def record(self, row_id, prompt, texts, untrained=0):
            return {**super().record(row_id, prompt, texts), "upside": True}

    monkeypatch.setitem(shapes.SHAPES, "conversations", Upside())
    rendered = render_recipe("llama-cgd", f"data.source={write_rows([make_row(1)])}")
    assert examples_of(rendered)[0]["upside"] is True
