"""JSON Lines: what a model may write comes back as it was, and a line that is wrong is named."""

import math

import pytest

from cgd_recipes.errors import RecipeError
from cgd_recipes.files.jsonl import json_bytes, json_line, parse_json, read_jsonl

HOSTILE = {
    "line separator": "one\u2028two",
    "paragraph separator": "one\u2029two",
    "next line": "one\u0085two",
    "other ends of a line": "\x0b\x0c\x1c\x1d\x1e\r\n\r",
    "lone high surrogate": "a\ud800b",
    "lone low surrogate": "\udfff",
    "NUL": "a\x00b",
    "blanks": " \t" * 500_000,
    "byte order mark": "\ufeffx",
    "noncharacter": "\uffff\U0010ffff",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_any_text_is_one_line_and_comes_back(text, tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_bytes(json_line({"resps": [[text]]}) + json_line({text: 1}))
    assert [value for _, value in read_jsonl(path)] == [{"resps": [[text]]}, {text: 1}]
    assert len(path.read_text(encoding="utf-8").splitlines()) == 2  # also for programs that cut elsewhere


def test_lines_that_others_wrote_are_cut_at_newlines_alone(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"a": "\xe2\x80\xa8\xc2\x85"}\r\n\r\n \n{"a": "\xed\xa0\x80", "b": NaN}')
    (first, value), (last, other) = read_jsonl(path)
    assert (first, value) == (1, {"a": "\u2028\u0085"})
    assert last == 4 and other["a"] == "\ud800" and math.isnan(other["b"])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"a": 1}\n{"a": }', ":2:7: not JSON: Expecting value"),
        ('{"a": "\u00e9"}'.encode("latin-1"), ":1:8: not UTF-8 (byte 0xe9): save the file as UTF-8"),
        (b"[" * 100_000, ":1:1: not JSON: nested too deep"),
        (b'{"a": "cut off\n', ":1:7: not JSON: Unterminated string starting at"),
    ],
)
def test_a_line_that_is_not_json_is_named(content, message, tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_bytes(content)
    with pytest.raises(RecipeError) as error:
        list(read_jsonl(path))
    assert str(error.value) == f"{path}{message}"


def test_indented_json_with_a_surrogate():
    value = {"a": ["\ud800", "ü"]}
    assert parse_json(json_bytes(value, indent=2)) == value
    assert "ü".encode() in json_bytes(value)
