"""Values that tables and other programs write: only what a method needs decides whether a row is used."""

import json

import pyarrow
import pyarrow.parquet
import pytest
from helpers.rows import examples_of, make_row

from cgd_recipes.data.rows import is_blank


def rendered_ids(rendered):
    return {example["id"] for example in examples_of(rendered)}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("teacher_response", 7),
        ("reference", ["a"]),
        ("answer", {"a": 1}),
        ("informativeness", "high"),
        ("verdict", "maybe"),
    ],
)
def test_a_column_that_the_method_does_not_need_decides_nothing(field, value, render_recipe, write_rows):
    rows = [make_row(n, **{field: value}) for n in range(5)]
    rendered = render_recipe("llama-cgd", f"data.source={write_rows(rows)}")
    assert rendered.data.counts.examples == 5
    assert rendered.data.counts.rejected == {}


def test_the_same_column_is_a_fault_where_it_is_needed(render_recipe, write_rows):
    rows = [make_row(n, **({"reference": 7} if n == 3 else {})) for n in range(30)]
    rendered = render_recipe("llama-sft", f"data.source={write_rows(rows)}")
    assert rendered.data.counts.rejected == {"reference is not text": 1}


def test_an_unreadable_verdict_is_counted_by_its_name(render_recipe, write_rows):
    rows = [make_row(n) for n in range(30)]
    rows[3]["critique"] = "Hm.\nConclusion: right or wrong"
    source = f"data.source={write_rows(rows)}"
    cgd = render_recipe("llama-cgd", source)
    assert cgd.data.counts.verdicts == {"wrong": 29, "unreadable": 1}
    dpo = render_recipe("llama-cgd", source, "method=dpo")
    assert dpo.data.counts.rejected == {"verdict is neither right nor wrong": 1}


def test_nan_is_no_value_and_spoils_no_line(render_recipe, tmp_path):
    path = tmp_path / "rows.jsonl"
    lines = [
        json.dumps(make_row(n, score=float("nan"), teacher_response=float("nan"), top=float("inf"))) for n in range(5)
    ]
    path.write_text("\n".join(lines) + "\n")
    assert "NaN" in lines[0]
    assert render_recipe("llama-cgd", f"data.source={path}").data.counts.examples == 5


def test_large_whole_numbers_stay_apart(render_recipe, write_rows):
    ids = [2**64 + n for n in range(5)] + [2**53 + n for n in range(5)] + [-(2**70)]
    rows = [make_row(n, id=name, answer=2**80 + n) for n, name in enumerate(ids)]
    assert rendered_ids(render_recipe("llama-cgd", f"data.source={write_rows(rows)}")) == set(map(str, ids))


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.json"])
def test_whole_numbers_longer_than_python_reads_spoil_no_row(name, render_recipe, tmp_path):
    rows = [json.dumps(make_row(n, top=0)).replace('"top": 0', f'"top": {"9" * 5000}') for n in range(5)]
    text = "\n".join(rows) if name.endswith("l") else f"[{','.join(rows)}]"
    (tmp_path / name).write_text(text)
    rendered = render_recipe("llama-cgd", f"data.source={tmp_path / name}")
    assert (rendered.data.counts.rejected, rendered.data.counts.examples) == ({}, 5)


def test_binary_columns_are_text(render_recipe, tmp_path):
    rows = [make_row(n) for n in range(4)]
    rows = [{**row, "id": row["id"].encode(), "question": row["question"].encode()} for row in rows]
    rows[3]["id"] = b"\xff\x00"
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), tmp_path / "rows.parquet")
    rendered = render_recipe("llama-cgd", f"data.source={tmp_path / 'rows.parquet'}")
    assert rendered_ids(rendered) == {"r0", "r1", "r2", "ff00"}
    assert {example["messages"][1]["content"][:3] for example in examples_of(rendered)} == {"You"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n",
        "\u200b",
        "\u200b \u2060\n\ufeff",
        "\u00ad",
        "\u2800",
        "\u3164",
        "\x00",
        "\u202e",
        "\ufe0f",
        "\ufff9",
        "\U000e0020",
    ],
)
def test_text_that_does_not_show_is_blank(text):
    assert is_blank(text)
    assert not is_blank(f"{text}x")


@pytest.mark.parametrize("text", ["\u200b", "\u200b\n\u200b", "\u2060", "\ufeff", "\u3164"])
def test_an_answer_that_does_not_show_is_no_answer(text, render_recipe, write_rows):
    rows = [make_row(n, **({"refined_response": text} if n == 3 else {})) for n in range(30)]
    rendered = render_recipe("llama-cgd", f"data.source={write_rows(rows)}")
    assert rendered.data.counts.rejected == {"no refined_response": 1}


def test_deep_nesting_stops_nothing(render_recipe, tmp_path):
    deep = "[" * 900 + "]" * 900
    lines = [json.dumps(make_row(n)) for n in range(30)]
    lines[3] = lines[3][:-1] + f', "tree": {deep}' + "}"
    lines[4] = lines[4][:-1] + f', "tree": {"[" * 100_000}' + "}"
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(lines))
    rendered = render_recipe("llama-cgd", f"data.source={path}")
    assert rendered.data.counts.rejected == {"not valid JSON": 1}
    path.write_text("\n".join(lines).replace('"tree"', '"answer"'))
    assert render_recipe("llama-cgd", f"data.source={path}").data.counts.examples == 29


def test_one_long_field_of_an_array_is_read_in_a_few_steps(tmp_path):
    from cgd_recipes.data.readers.json_files import read_json

    class Counting:
        def __init__(self, handle):
            self.handle, self.reads = handle, 0

        def peek(self, size):
            return self.handle.peek(size)

        def read(self, size):
            self.reads += 1
            return self.handle.read(size)

    path = tmp_path / "a.json"
    path.write_text(json.dumps([{"question": "x" * 4_000_000}]))
    with open(path, "rb") as handle:
        counting = Counting(handle)
        (entry,) = read_json(path, counting)
    assert len(entry.values["question"]) == 4_000_000
    assert counting.reads < 6


def test_bytes_that_are_no_text_are_no_question(render_recipe, tmp_path):
    rows = [{**make_row(n), "id": bytes([0, n]), "question": b"Why?"} for n in range(4)]
    rows[3]["question"] = b"\xff\xd8"
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), tmp_path / "rows.parquet")
    rendered = render_recipe("llama-cgd", f"data.source={tmp_path / 'rows.parquet'}", "data.max_rejected=1")
    assert rendered_ids(rendered) == {"0000", "0001", "0002"}
    assert rendered.data.counts.rejected == {"question is not text": 1}
