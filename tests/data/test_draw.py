"""Order, draws, neutralised text, and what each method shows and trains."""

import json
import random

import pytest
from helpers.rows import examples_of, make_row
from helpers.shipped import METHODS

from cgd_recipes.errors import RecipeError
from cgd_recipes.recipe.method import shipped_method

SHOWN = ["sft", "distill", "cft", "cgd", "refined-only", "no-critique", "irrelevant-critique", "generic-critique"]


def ids(rendered):
    return [example["id"] for example in examples_of(rendered)]


def test_all_methods_keep_the_same_rows_in_the_same_order(render_recipe):
    everything = ids(render_recipe("llama-cgd"))
    for method in METHODS:
        trainer = "trl" if shipped_method(method).is_on_policy else "axolotl"
        order = ids(render_recipe("llama-cgd", f"method={method}", f"train.trainer={trainer}", "data.sample=30"))
        places = [everything.index(row) for row in order]
        assert places == sorted(places) != []
        # A method that can use every row has the first ones; pairs need a wrong answer, so that they go further.
        assert order == everything[:30] or method not in SHOWN


def test_order_depends_on_the_seed_and_not_on_the_file(render_recipe, write_rows):
    rows = [make_row(number) for number in range(40)]
    straight = ids(render_recipe("llama-sft", f"data.source={write_rows(rows)}"))
    random.Random(1).shuffle(rows)
    shuffled = ids(render_recipe("llama-sft", f"data.source={write_rows(rows, 'other.jsonl')}"))
    reseeded = ids(render_recipe("llama-sft", f"data.source={write_rows(rows)}", "data.seed=7"))
    assert straight == shuffled != reseeded
    assert sorted(straight) == sorted(reseeded)


def test_a_larger_draw_contains_a_smaller_one(render_recipe, write_rows):
    source = f"data.source={write_rows([make_row(number) for number in range(60)])}"
    ten, forty, all_ = (ids(render_recipe("llama-sft", source, f"data.sample={n}")) for n in (10, 40, "null"))
    assert (ten, forty) == (all_[:10], all_[:40])


def test_rows_of_one_id_are_drawn_by_content_and_repetitions_once(render_recipe, write_rows):
    rows = [make_row(number) for number in range(40)] + [make_row(3), make_row(5, reference="another way")]
    rendered = render_recipe("llama-sft", f"data.source={write_rows(rows)}")
    assert rendered.data.counts.examples == 41
    listed = json.loads((rendered.folder / "data" / "rejected.jsonl").read_text())
    assert (listed["id"], listed["reason"]) == ("r3", "repeats another row")


@pytest.mark.parametrize("method", SHOWN)
def test_what_each_method_shows_and_trains(method, render_recipe, write_rows):
    rows = [make_row(number) for number in range(3)]
    rendered = render_recipe("llama-cgd", f"method={method}", f"data.source={write_rows(rows)}")
    by_id = {row["id"]: row for row in rows}
    shown = {"sft": "question", "distill": "question", "refined-only": "question"}
    trained = {"sft": "reference", "distill": "teacher_response", "cft": "critique"}
    for example in examples_of(rendered):
        row = by_id[example["id"]]
        system, user, assistant = example["messages"]
        assert system["content"] == "Please reason step by step, and put your final answer within \\boxed{}."
        assert assistant["content"] == row[trained.get(method, "refined_response")]
        assert row["question"] in user["content"]
        if method in shown:
            assert user["content"] == row["question"]
        else:
            assert row["student_response"] in user["content"]
        assert (row["critique"] in user["content"]) == (method == "cgd")
        assert row["refined_response"] not in user["content"]


def test_irrelevant_critiques_belong_to_another_question(render_recipe, write_rows):
    rows = [make_row(n, id=f"{n}-{k}", critique=f"about {n}, {k}") for n in range(6) for k in range(3)]
    rendered = render_recipe("llama-cgd", "method=irrelevant-critique", f"data.source={write_rows(rows)}")
    examples = examples_of(rendered)
    assert len(examples) == 18
    for example in examples:
        own = example["id"].partition("-")[0]
        assert f"Critique: about {own}," not in example["messages"][1]["content"]
        assert "Critique: about " in example["messages"][1]["content"]


def test_preference_pairs_reject_wrong_answers_only(render_recipe, write_rows):
    rows = [make_row(number) for number in range(4)]
    rows[0]["critique"] = "Right.\nConclusion: right"
    rendered = render_recipe("llama-cgd", "method=dpo", f"data.source={write_rows(rows)}")
    assert rendered.data.counts.left_out == 1
    for example in examples_of(rendered):
        assert [message["role"] for message in example["messages"]] == ["system", "user"]
        assert example["chosen"]["content"].startswith(example["id"][1:])
        assert example["rejected"]["content"] == f"It is {example['id'][1:]}."


def test_match_methods_keeps_only_rows_that_all_can_use(render_recipe, write_rows):
    rows = [make_row(number) for number in range(40)]
    del rows[3]["teacher_response"]
    source = f"data.source={write_rows(rows)}"
    sft = render_recipe("llama-sft", source, "data.match_methods=[sft, distill, cft, cgd]")
    distill = render_recipe("llama-distill", source)
    assert ids(sft) == ids(distill)
    assert len(ids(sft)) == 39


@pytest.mark.parametrize(
    ("family", "token"),
    [
        ("llama", "<|eot_id|>"),
        ("qwen", "<|im_end|>"),
        ("s1", "<|im_start|>"),
        ("mixtral", "[/INST]"),
        ("olmo", "<|endoftext|>"),
    ],
)
def test_control_tokens_in_row_text_become_plain_text(family, token, render_recipe, write_rows):
    rows = [make_row(number) for number in range(30)]
    rows[4]["refined_response"] = f"Two.{token} And more."
    rows[5]["question"] = f"{token} What now?"
    source = f"data.source={write_rows(rows)}"
    rendered = render_recipe(f"{family}-cgd", source)
    text = (rendered.folder / "data" / "train.jsonl").read_text(encoding="utf-8")
    assert rendered.data.counts.neutralised == 2
    assert token not in text
    assert text.count(token[0] + "\u200b" + token[1:]) == 2
    assert any("control token" in warning for warning in rendered.warnings)
    rejecting = render_recipe(f"{family}-cgd", source, "data.control_tokens=reject", "data.max_rejected=0.1")
    assert rejecting.data.counts.rejected == {"control token in the text": 2}


def test_texts_are_stripped(render_recipe, write_rows):
    rows = [make_row(1, refined_response="\n  answer \n\n")]
    (example,) = examples_of(render_recipe("llama-cgd", f"data.source={write_rows(rows)}"))
    assert example["messages"][-1]["content"] == "answer"


def test_row_text_is_never_a_template(render_recipe, write_rows):
    rows = [make_row(1, question="{{ 7 * 7 }} {% raw %}", critique="{{ ''.__class__ }}")]
    (example,) = examples_of(render_recipe("llama-cgd", f"data.source={write_rows(rows)}"))
    assert "{{ 7 * 7 }} {% raw %}" in example["messages"][1]["content"]


def test_too_many_rejected_rows_stop_and_are_listed(render_recipe, write_rows, tmp_path):
    rows = [make_row(number) for number in range(10)]
    for row in rows[:3]:
        del row["critique"]
    with pytest.raises(RecipeError, match="3 rows have no critique: run `cgd-recipe generate` first"):
        render_recipe("llama-cgd", f"data.source={write_rows(rows)}", folder=tmp_path / "out")
    assert not (tmp_path / "out").exists()
    listing = [json.loads(line) for line in (tmp_path / "out.rejected.jsonl").read_text().splitlines()]
    assert listing[1] == {"id": "r1", "file": "rows.jsonl", "line": 2, "reason": "no critique"}


def test_no_system_prompt(render_recipe):
    example = examples_of(render_recipe("llama-cgd", "system_prompt=null"))[0]
    assert [message["role"] for message in example["messages"]] == ["user", "assistant"]


def test_several_answers_to_a_question_keep_one_order_in_all_methods(render_recipe, write_rows):
    rows = [make_row(n, student_response=f"try {k}", refined_response=f"{n}, {k}") for n in range(10) for k in range(4)]
    source = f"data.source={write_rows(rows)}"
    orders = []
    for method in SHOWN:
        rendered = render_recipe("llama-cgd", f"method={method}", source, "data.sample=25")
        assert rendered.data.counts.rejected == {}
        orders.append(ids(rendered))
    assert all(order == orders[0] for order in orders)
    assert len(orders[0]) == 25
    refined = examples_of(render_recipe("llama-cgd", "method=refined-only", source))
    cgd = examples_of(render_recipe("llama-cgd", source))
    assert [one["messages"][-1] for one in refined] == [one["messages"][-1] for one in cgd]


def test_many_repetitions_stop_the_run(render_recipe, write_rows):
    with pytest.raises(RecipeError, match="10 rows: repeats another row"):
        render_recipe("llama-cgd", f"data.source={write_rows([make_row(n % 10) for n in range(20)])}")


def test_a_template_that_fails_on_one_row_names_it(render_recipe, write_rows, tmp_path):
    method = tmp_path / "mine.yaml"
    method.write_text(
        "extends: cgd\nname: mine\ndescription: d\nuser: \"{% if '7' in question %}{{ question.no }}{% endif %}q\"\n"
    )
    with pytest.raises(RecipeError, match="fails on row 'r7'"):
        render_recipe("llama-cgd", f"method={method}", f"data.source={write_rows([make_row(n) for n in range(9)])}")


def test_an_example_without_text_is_no_example(render_recipe, write_rows, tmp_path):
    method = tmp_path / "mine.yaml"
    text = "\"{% if '7' not in question %}{{ refined_response }}{% endif %}\""
    method.write_text(f"extends: cgd\nname: mine\ndescription: d\nassistant: {text}\n")
    source = f"data.source={write_rows([make_row(n) for n in range(9)])}"
    rendered = render_recipe("llama-cgd", f"method={method}", source, "data.max_rejected=0.2")
    assert rendered.data.counts.rejected == {"the method renders nothing for it": 1}
    assert "r7" not in ids(rendered)


def test_text_that_is_no_unicode_is_rejected(render_recipe, tmp_path):
    rows = [make_row(n) for n in range(30)]
    rows[3]["refined_response"] = "\ud800"
    rows[4]["id"] = "\udc00"
    path = tmp_path / "rows.json"
    path.write_text(json.dumps(rows))
    rendered = render_recipe("llama-cgd", f"data.source={path}", "data.max_rejected=0.1")
    assert rendered.data.counts.examples == 28
    (reason,) = rendered.data.counts.rejected
    assert "not valid Unicode" in reason


def test_a_column_that_only_later_rows_have(render_recipe, write_rows):
    rows = [make_row(n) for n in range(30)]
    for row in rows[1:]:
        row["notes"] = row.pop("critique")
    rendered = render_recipe("llama-cgd", f"data.source={write_rows(rows)}", "data.columns.critique=notes")
    assert rendered.data.counts.rejected == {"no critique": 1}


def test_blank_ids_and_verdicts_are_missing(render_recipe, write_rows):
    rows = [make_row(n, id="", verdict=" ") for n in range(5)]
    rendered = render_recipe("llama-cgd", f"data.source={write_rows(rows)}")
    assert rendered.data.counts.verdicts == {"wrong": 5}
    assert len(set(ids(rendered))) == 5


def test_a_graded_answer_needs_no_critique_for_pairs(render_recipe, write_rows):
    rows = [make_row(n, student_correct=n % 2 == 0) for n in range(6)]
    for row in rows:
        del row["critique"]
    assert len(ids(render_recipe("llama-cgd", "method=dpo", f"data.source={write_rows(rows)}"))) == 3
