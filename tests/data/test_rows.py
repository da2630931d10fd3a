"""Row fields from records of any layout."""

import json

import pytest
from helpers.rows import make_row

from cgd_recipes.data.rejections import Reason, Rejection, RowError
from cgd_recipes.data.rows import Origin, RowReader, missing_message
from cgd_recipes.recipe.resolve import load_recipe


@pytest.fixture
def read_row():
    def run(record, *settings):
        return RowReader(load_recipe("llama-cgd", settings)).read(record, Origin(0, 1))

    return run


@pytest.fixture
def read(read_row):
    return lambda record, *settings: read_row(record, *settings).fields


def test_authors_triples_are_unpacked(read):
    text = (
        "Question: What is 1 + 1?\n\nAnd 2 + 2?\n\nStudent's Initial Answer: It is 3.\n\nQuestion: another?\n\n"
        "Critique: No.\nConclusion: wrong"
    )
    row = read({"instruction": "You are ...", "input": text, "output": "2, and 4."})
    assert row["question"] == "What is 1 + 1?\n\nAnd 2 + 2?"
    assert row["student_response"] == "It is 3.\n\nQuestion: another?"
    assert row["critique"] == "No.\nConclusion: wrong"
    assert row["refined_response"] == "2, and 4."
    assert row["verdict"] == "wrong"


def test_cft_rows_are_unpacked(read):
    text = "Question:\nWhat is 1 + 1?\n\nSolution:\nIt is 3."
    row = read({"instruction": "Please critique ...", "input": text, "output": "No.\nConclusion: wrong [END]"})
    assert (row["question"], row["student_response"], row["verdict"]) == ("What is 1 + 1?", "It is 3.", "wrong")
    assert "refined_response" not in row


def test_authors_intermediate_files_are_read(read):
    row = read(
        {"id": 7, "prompt": "What is 1 + 1?", "baseline_answer": "2", "student_response": "3", "probe_model": "m"}
    )
    assert (row["id"], row["question"], row["reference"], row["student_model"]) == ("7", "What is 1 + 1?", "2", "m")


def test_blocks_that_cannot_be_told_apart_are_a_fault(read):
    text = "Question: a\n\nStudent's Initial Answer: b\n\nCritique: c\n\nCritique: d"
    with pytest.raises(RowError):
        read({"instruction": "", "input": text, "output": "e"})


def test_fields_of_the_wrong_type_matter_where_they_are_needed(read_row):
    row = read_row(make_row(1, question=7, verdict="maybe"))
    assert row.lacks("question") == Rejection(Reason.NOT_TEXT, "question")
    assert row.lacks("verdict") == Rejection(Reason.NOT_A_VERDICT)
    assert row.lacks("critique") is None


def test_blank_fields_are_missing(read):
    assert "critique" not in read(make_row(1, critique=" \n"))
    assert "refined_response" not in read(make_row(1, refined_response=None))


def test_rows_without_an_id_are_named_by_their_content(read):
    first, again, other = ({k: v for k, v in make_row(n).items() if k != "id"} for n in (1, 1, 2))
    assert read(first)["id"] == read(json.loads(json.dumps(again)))["id"] != read(other)["id"]


def test_missing_fields_say_what_to_do():
    assert missing_message("critique", 12340) == "12,340 rows have no critique: run `cgd-recipe generate` first"
    assert missing_message("reference", 1) == "1 row has no reference: name its column with data.columns.reference"
