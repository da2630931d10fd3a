"""Dataset files: what is hashed is what is written."""

import hashlib
import json
from contextlib import closing

import pytest

from cgd_recipes.files import writer
from cgd_recipes.files.schema import load_schema
from cgd_recipes.files.writer import WRITERS, open_writer


@pytest.mark.parametrize("suffix", WRITERS)
def test_the_hash_is_that_of_the_file(suffix, tmp_path):
    path = tmp_path / f"rows.{suffix}"
    with closing(open_writer(path)) as made:
        for number in range(2_500):
            made.write({"id": str(number), "text": "x" * 1_000})
    assert made.sha256() == hashlib.sha256(path.read_bytes()).hexdigest()
    if suffix == "jsonl":
        lines = path.read_text().splitlines()
        assert [json.loads(line)["id"] for line in lines] == [str(number) for number in range(2_500)]


def test_every_output_format_has_a_writer():
    assert load_schema("recipe")["properties"]["output"]["properties"]["format"]["enum"] == list(WRITERS)


def test_a_new_output_format_is_a_class_and_its_line(tmp_path, monkeypatch):
    class Upper(writer.JsonlWriter):
        def write(self, example):
            super().write({key: value.upper() for key, value in example.items()})

    monkeypatch.setitem(WRITERS, "loud", Upper)
    with closing(open_writer(tmp_path / "a.loud")) as made:
        made.write({"text": "hello"})
    assert (tmp_path / "a.loud").read_text() == '{"text":"HELLO"}\n'
