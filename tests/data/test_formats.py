"""Rows of the layouts that people have, told by their columns, and formats of the user's own."""

import json

import pytest
from helpers.rows import examples_of, make_row

from cgd_recipes.data import formats
from cgd_recipes.data.formats.layout import PARTS, LayoutFormat
from cgd_recipes.data.rejections import Reason, Rejection, RowError
from cgd_recipes.data.rows import Origin, RowReader
from cgd_recipes.errors import RecipeError
from cgd_recipes.files.shipped import shipped_names
from cgd_recipes.recipe.resolve import load_recipe
from cgd_recipes.rendering.rendered import check_rendered
from cgd_recipes.trainers.plan import make_plan


def read(record, *settings):
    return RowReader(load_recipe("llama-sft", settings)).read(record, Origin(0, 1)).fields


def rejection(record, *settings):
    with pytest.raises(RowError) as caught:
        read(record, *settings)
    return caught.value.rejection


def turns(*pairs, keys=("role", "content")):
    return [dict(zip(keys, pair, strict=True)) for pair in pairs]


PAIR = ("What is 1 + 1?", "It is 2.")


@pytest.mark.parametrize(
    "record",
    [
        {"messages": turns(("user", PAIR[0]), ("assistant", PAIR[1]))},
        {"messages": turns(("system", "Be brief."), ("user", PAIR[0]), ("assistant", PAIR[1])), "source": "x"},
        {"messages": turns(("user", [{"type": "text", "text": PAIR[0]}]), ("assistant", PAIR[1]))},
        {"conversations": turns(("human", PAIR[0]), ("gpt", PAIR[1]), keys=("from", "value")), "system": ""},
        {"conversations": turns(("Human", PAIR[0]), ("GPT", PAIR[1]), keys=("from", "value"))},
        {"prompt": PAIR[0], "completion": PAIR[1]},
        {"prompt": turns(("user", PAIR[0])), "completion": turns(("assistant", PAIR[1]))},
        {"instruction": PAIR[0], "input": "", "output": PAIR[1]},
        {"instruction": PAIR[0], "output": PAIR[1]},
        {"instruction": PAIR[0], "input": None, "output": PAIR[1], "text": "Below is ..."},
    ],
)
def test_layouts_that_people_have(record):
    row = read(record)
    assert (row["question"], row["reference"]) == PAIR


def test_a_completion_that_is_not_wanted_is_no_answer():
    assert "reference" not in read({"prompt": "a", "completion": "b", "label": False})
    assert read({"prompt": "a", "completion": "b", "label": True})["reference"] == "b"
    assert read({"instruction": "a", "output": "b", "history": []})["reference"] == "b"


def test_an_instruction_with_an_input_is_one_question():
    assert read({"instruction": "Add.", "input": "1 and 1", "output": "2"})["question"] == "Add.\n\n1 and 1"


@pytest.mark.parametrize(
    ("record", "found"),
    [
        (
            {"messages": turns(("user", "a"), ("assistant", "b"), ("user", "c"), ("assistant", "d"))},
            Rejection(Reason.TURNS_NOT_A_PAIR, "messages"),
        ),
        (
            {"messages": [*turns(("user", "a")), {"role": "assistant", "content": "b", "weight": 0}]},
            Rejection(Reason.TURNS_UNTRAINED, "messages"),
        ),
        (
            {"instruction": "a", "output": "b", "history": [["c", "d"]]},
            Rejection(Reason.COLUMN_UNREAD, "history", "something"),
        ),
        ({"messages": turns(("user", "a"))}, Rejection(Reason.TURNS_NOT_A_PAIR, "messages")),
        ({"messages": []}, Rejection(Reason.TURNS_NOT_A_PAIR, "messages")),
        ({"messages": turns(("user", "a"), ("tool", "b"))}, Rejection(Reason.TURNS_UNKNOWN, "messages")),
        ({"messages": turns(("user", "a"), ("assistant", None))}, Rejection(Reason.TURNS_UNKNOWN, "messages")),
        ({"messages": "user: a"}, Rejection(Reason.TURNS_UNKNOWN, "messages")),
        (
            {"conversations": turns(("human", "a"), ("function_call", "b"), keys=("from", "value"))},
            Rejection(Reason.TURNS_UNKNOWN, "conversations"),
        ),
        (
            {"prompt": "a", "messages": turns(("user", "a"), ("assistant", "b"))},
            Rejection(Reason.FITS_SEVERAL_FORMATS, "", "'cgd-pipeline' and 'messages'"),
        ),
        (
            {"instruction": "i", "input": "Question: a\n\nSolution: b\n\nSolution: c", "output": "d"},
            Rejection(Reason.BLOCKS_UNKNOWN, "input"),
        ),
    ],
)
def test_what_is_no_single_question_and_answer_is_named(record, found):
    given = rejection(record)
    assert given.reason in (found.reason, Reason.BLOCKS_NOT_ONCE)
    assert (given.field, given.detail) == found[1:] or given.reason is Reason.BLOCKS_NOT_ONCE


@pytest.mark.parametrize(
    "record",
    [
        {"conversations": turns(("user", PAIR[0]), ("assistant", PAIR[1]))},
        {"messages": turns(("human", PAIR[0]), ("gpt", PAIR[1]), keys=("from", "value"))},
        {
            "messages": [
                {"role": None, "content": None, "from": "user", "value": PAIR[0]},
                *turns(("assistant", PAIR[1])),
            ]
        },
        {"messages": turns(("user", [{"type": "input_text", "text": PAIR[0]}]), ("assistant", PAIR[1])), "images": []},
        {
            "messages": [
                *turns(("user", PAIR[0])),
                {"role": "assistant", "content": PAIR[1], "tool_calls": [], "weight": 1},
            ]
        },
        {"prompt": PAIR[0], "completion": PAIR[1], "label": 1},
    ],
)
def test_layouts_of_mixed_keys(record):
    row = read(record)
    assert (row["question"], row["reference"]) == PAIR


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"tool_calls": [{"id": "1"}]}, Reason.COLUMN_UNREAD),
        ({"function_call": {"name": "f"}}, Reason.COLUMN_UNREAD),
        ({"refusal": "No."}, Reason.COLUMN_UNREAD),
        ({"train": False}, Reason.TURNS_UNTRAINED),
        ({"training": False}, Reason.TURNS_UNTRAINED),
        ({"loss": False}, Reason.TURNS_UNTRAINED),
        ({"weight": "0"}, Reason.TURNS_UNTRAINED),
        ({"weight": 0.0}, Reason.TURNS_UNTRAINED),
    ],
)
def test_an_answer_that_is_more_than_text_or_not_to_be_trained(more, reason):
    answer = {"role": "assistant", "content": "b", **more}
    assert rejection({"messages": [*turns(("user", "a")), answer]}).reason is reason
    assert "reference" not in read({"prompt": turns(("user", "a")), "completion": [answer]})


@pytest.mark.parametrize(
    "record",
    [
        {"messages": turns(("user", "<image>a"), ("assistant", "b")), "images": ["a.png"]},
        {"conversations": turns(("user", "a"), ("assistant", "b")), "kto_tag": False},
        {"instruction": "a", "input": "", "output": "b", "kto_tag": 0},
        {"instruction": "a", "input": "", "output": "b", "history": [["c", "d"]]},
    ],
)
def test_rows_with_more_than_a_format_reads(record):
    assert rejection(record).reason is Reason.COLUMN_UNREAD


@pytest.mark.parametrize("label", [0, 0.0, "false", "False"])
def test_ways_to_write_that_a_completion_is_not_wanted(label):
    assert "reference" not in read({"prompt": "a", "completion": "b", "label": label})


def test_a_format_that_is_asked_for_settles_a_tie():
    record = {"prompt": "p", "messages": turns(("user", "a"), ("assistant", "b"))}
    assert read(record, "data.format=messages")["question"] == "a"
    assert read(record, "data.format=cgd-pipeline")["question"] == "p"


def test_the_format_with_most_columns_and_labels_wins():
    text = "Question: q\n\nStudent's Initial Answer: a\n\nSolution: no label here\n\nCritique: c\nConclusion: wrong"
    row = read({"instruction": "i", "input": text, "output": "r"})
    assert (row["student_response"], row["refined_response"]) == ("a\n\nSolution: no label here", "r")


def test_blocks_cost_no_more_than_their_length():
    text = "Question: a" + "\n" * 300_000 + "x"
    assert rejection({"instruction": "i", "input": text, "output": "d"}).reason is Reason.BLOCKS_UNKNOWN


def test_messages_render(render_recipe, write_rows):
    rows = [{"id": n, "messages": turns(("user", f"Question {n}?"), ("assistant", f"Answer {n}."))} for n in range(9)]
    rendered = render_recipe("llama-sft", f"data.source={write_rows(rows)}")
    assert {example["messages"][-1]["content"] for example in examples_of(rendered)} == {
        f"Answer {n}." for n in range(9)
    }


def test_shards_of_different_columns(render_recipe, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    shards = {
        "a.jsonl": {"question": "a", "reference": "1"},
        "b.jsonl": {"instruction": "b", "output": "2", "extra": [1]},
        "c.jsonl": {"prompt": "c", "completion": "3"},
    }
    for name, row in shards.items():
        (folder / name).write_text(json.dumps(row) + "\n")
    texts = {
        tuple(message["content"] for message in example["messages"][-2:])
        for example in examples_of(render_recipe("llama-sft", f"data.source={folder}"))
    }
    assert texts == {("a", "1"), ("b", "2"), ("c", "3")}


OWN = "name: mine\ndescription: d\nkeys: [frage]\nfields: {question: frage, reference: antwort}\n"


def test_a_format_of_ones_own(render_recipe, write_rows, tmp_path):
    (tmp_path / "mine.yaml").write_text(OWN)
    recipe = tmp_path / "r.yaml"
    recipe.write_text(
        f"extends: llama-sft\nname: x\ndata: {{source: {write_rows([{'frage': 'q', 'antwort': 'a'}])}, format: ./mine.yaml}}\n"
    )
    rendered = render_recipe(str(recipe))
    assert examples_of(rendered)[0]["messages"][-1]["content"] == "a"
    again = str(rendered.folder / "recipe.resolved.yaml")
    assert examples_of(render_recipe(again)) == examples_of(rendered)
    check_rendered(make_plan(load_recipe(again)), rendered.folder)
    (tmp_path / "mine.yaml").write_text(OWN.replace("description: d", "description: other"))
    with pytest.raises(RecipeError, match=r"mine\.yaml' has changed since"):
        check_rendered(make_plan(load_recipe(again)), rendered.folder)


def test_mistakes_in_a_format_of_ones_own(tmp_path):
    (tmp_path / "mine.yaml").write_text("name: mine\ndescription: d\nkees: [a]\n")
    with pytest.raises(RecipeError, match="unknown key 'kees'; did you mean 'keys'"):
        RowReader(load_recipe("llama-sft", [f"data.format={tmp_path / 'mine.yaml'}"]))
    with pytest.raises(RecipeError, match=r"no such file: \./gone\.yaml"):
        RowReader(load_recipe("llama-sft", ["data.format=./gone.yaml"]))


def test_every_shipped_format_is_told_by_columns_of_its_own_or_by_labels():
    loaded = formats.load_formats(load_recipe("llama-sft"))
    assert [form.name for form in loaded] == shipped_names("recipes/formats")
    told = [
        (frozenset(form.values["keys"]), frozenset(form.values.get("blocks", {}).get("labels", {}))) for form in loaded
    ]
    assert len(set(told)) == len(told)


def test_a_new_way_to_read_fields_is_a_function_and_its_line(monkeypatch):
    monkeypatch.setitem(PARTS, "shout", lambda record, of: {"question": record[of].upper()})
    form = LayoutFormat({"name": "loud", "keys": ["q"], "shout": "q"})
    assert formats.unpack({"q": "what?"}, [form]) == {"question": "WHAT?"}


def test_a_column_can_be_taken_away(render_recipe, write_rows):
    source = f"data.source={write_rows([make_row(n, verdict='right') for n in range(5)])}"
    assert render_recipe("llama-cgd", source).data.counts.verdicts == {"right": 5}
    told = render_recipe("llama-cgd", source, "data.columns={verdict: null}")
    assert told.data.counts.verdicts == {"wrong": 5}
    record = {"messages": turns(("user", "a"), ("assistant", "b"))}
    assert "reference" not in read(record, "data.columns={reference: null}")


def test_a_column_that_is_taken_away_is_no_other_column_either():
    reader = RowReader(load_recipe("llama-cgd", ["data.columns={critique: null, question: q}"]))
    assert reader.others({"critique": "c", "q": "x", "topic": "t", "question": "y"}) == {"topic": "t"}
