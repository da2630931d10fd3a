"""Reading files, folders and hub-layout datasets."""

import gzip
import json

import pyarrow
import pyarrow.parquet
import pytest
from backports import zstd
from helpers.rows import make_row

from cgd_recipes.data.rejections import Reason, Rejection
from cgd_recipes.data.source import open_source
from cgd_recipes.errors import RecipeError
from cgd_recipes.recipe.resolve import load_recipe

ROWS = [make_row(number) for number in range(5)]


def write(path, rows=ROWS):
    lines = "".join(json.dumps(row) + "\n" for row in rows).encode()
    if path.name.endswith(".gz"):
        path.write_bytes(gzip.compress(lines))
    elif path.name.endswith(".zst"):
        path.write_bytes(zstd.compress(lines))
    elif path.suffix == ".parquet":
        pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), path)
    elif path.name.endswith("array.json"):
        path.write_text(json.dumps(rows, indent=2))
    else:
        path.write_bytes(lines)
    return path


def records(source, *settings):
    return list(open_source(load_recipe("llama-cgd", [f"data.source={source}", *settings])).records())


@pytest.mark.parametrize(
    "name", ["a.jsonl", "a.ndjson", "a.json", "array.json", "a.jsonl.gz", "a.jsonl.zst", "a.parquet"]
)
def test_every_format_gives_the_same_rows(name, tmp_path):
    assert [record.values for record in records(write(tmp_path / name))] == ROWS


def test_a_folder_is_read_in_the_order_of_names(tmp_path):
    write(tmp_path / "b.jsonl", ROWS[2:])
    write(tmp_path / "a.parquet", ROWS[:2])
    (tmp_path / "README.md").write_text("about these rows")
    assert [record.values["id"] for record in records(tmp_path)] == [row["id"] for row in ROWS]


def test_records_know_their_line(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"question": "a"}\n\nnot json\n{"question": "b"}\n')
    assert [(record.line, record.fault) for record in records(path)] == [
        (1, None),
        (3, Rejection(Reason.NOT_JSON)),
        (4, None),
    ]
    path = tmp_path / "array.json"
    path.write_text('[\n  {"question": "a"},\n  7,\n  {"question":\n   "b"}\n]\n')
    assert [(record.line, record.fault) for record in records(path)] == [
        (2, None),
        (3, Rejection(Reason.NOT_AN_OBJECT)),
        (4, None),
    ]


def test_an_array_larger_than_the_read_block(tmp_path):
    rows = [make_row(number, question="x" * 700_000) for number in range(5)]
    assert [record.values for record in records(write(tmp_path / "array.json", rows))] == rows


def test_text_beyond_ascii_survives(tmp_path):
    rows = [make_row(1, question="Wie groß ist √2·π? 你好 🙂")] * 2
    for name in ("a.jsonl", "array.json", "a.parquet"):
        assert records(write(tmp_path / name, rows))[1].values == rows[1]


def test_a_byte_order_mark_is_no_part_of_the_first_row(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"question": "a"}\n')
    assert records(path)[0].values == {"question": "a"}


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.jsonl.zst", "a.parquet", "array.json"])
def test_a_file_that_stops_early_is_an_error(name, tmp_path):
    path = write(tmp_path / name, [make_row(number, question="q" * number) for number in range(200)])
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(RecipeError, match=r"cannot be read to its end|no end|not valid JSON"):
        records(path)


def test_hub_layout_with_config_and_split(tmp_path):
    folder = tmp_path / "dataset"
    (folder / "main").mkdir(parents=True)
    write(folder / "main" / "train-00000-of-00001.parquet", ROWS[:3])
    write(folder / "main" / "test-00000-of-00001.parquet", ROWS[3:])
    (folder / "README.md").write_text(
        "---\nconfigs:\n- config_name: main\n  data_files:\n  - split: train\n    path: main/train-*\n"
        "  - split: test\n    path: main/test-*\n---\n"
    )
    found = records(folder, "data.config=main", "data.split=test")
    assert [record.values for record in found] == ROWS[3:]
    with pytest.raises(RecipeError, match="no split 'validation' in the folder; there are: test, train"):
        records(folder, "data.config=main", "data.split=validation")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[{"question": "a"}] [{"question": "b"}]', "found '\\[' where the end of the file is due"),
        ('[{"question": "a"} {"question": "b"}]', "found '{' where ',' or '\\]' is due"),
        ('[{"question": "a"},]', "not valid JSON"),
        ('{"rows": [\n{"question": "a"}\n]}', "must hold an array of rows, or one object a line"),
    ],
)
def test_json_that_is_no_array_is_an_error(text, message, tmp_path):
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(RecipeError, match=message):
        records(tmp_path / "a.json")


def test_an_array_after_a_byte_order_mark(tmp_path):
    (tmp_path / "a.json").write_bytes(b'\xef\xbb\xbf[{"question": "a"}]')
    assert records(tmp_path / "a.json")[0].values == {"question": "a"}


def test_hidden_folders_and_rendered_folders_are_not_read(tmp_path, render_recipe):
    write(tmp_path / "rows.jsonl")
    for folder in (".ipynb_checkpoints", "a", "b"):
        (tmp_path / folder).mkdir()
        write(tmp_path / folder / "rows.jsonl", ROWS[:1])
    render_recipe("llama-cgd", folder=tmp_path / "build" / "llama-cgd")
    source = open_source(load_recipe("llama-cgd", [f"data.source={tmp_path}"]))
    assert [source.describe_file(index) for index in range(len(source.files))] == [
        "a/rows.jsonl",
        "b/rows.jsonl",
        "rows.jsonl",
    ]


def opened(path):
    return open_source(load_recipe("llama-cgd", [f"data.source={path}"]))


@pytest.mark.parametrize("end", ["\r", "\r\n"])
def test_carriage_returns_end_lines(end, tmp_path):
    (tmp_path / "rows.jsonl").write_bytes("".join(json.dumps(make_row(n)) + end for n in range(3)).encode())
    assert [(r.line, r.values["id"]) for r in opened(tmp_path / "rows.jsonl").records()] == [
        (1, "r0"),
        (2, "r1"),
        (3, "r2"),
    ]


def test_files_that_were_put_together_have_marks_within(tmp_path):
    (tmp_path / "rows.jsonl").write_bytes(
        b"".join(b"\xef\xbb\xbf" + json.dumps(make_row(n)).encode() + b"\n" for n in range(2))
    )
    assert [record.values["id"] for record in opened(tmp_path / "rows.jsonl").records()] == ["r0", "r1"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (json.dumps(make_row(1)).encode("utf-16"), "is UTF-16 or UTF-32 text; save it as UTF-8"),
        (json.dumps(make_row(1)).encode("utf-16-le"), "is no UTF-8 text"),
        (gzip.compress(b"{}", mtime=0), "is compressed with gzip; give it a name that ends in .gz"),
        (b"PAR1....", "is a Parquet file"),
    ],
    ids=["UTF-16", "UTF-16 without a mark", "gzip", "Parquet"],
)
@pytest.mark.parametrize("name", ["rows.jsonl", "rows.json"])
def test_a_file_of_another_form_than_its_name_says_is_told(name, content, message, tmp_path):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(RecipeError, match=message):
        opened(tmp_path / name)


def test_lines_that_are_not_utf8_are_told_from_those_that_are_not_json(tmp_path):
    (tmp_path / "rows.jsonl").write_bytes('{"id": "\u00e9"}\n{'.encode("latin-1"))
    faults = [record.fault.reason for record in opened(tmp_path / "rows.jsonl").records()]
    assert faults == [Reason.NOT_UTF8, Reason.NOT_JSON]
    (tmp_path / "rows.json").write_bytes('[{"id": "\u00e9"}]'.encode("latin-1"))
    with pytest.raises(RecipeError, match=r"rows\.json:1: not UTF-8 text"):
        list(opened(tmp_path / "rows.json").records())
