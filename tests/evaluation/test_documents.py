"""Benchmarks as documents: rows of the hub's layouts and of local files become the same."""

import json

import pytest
from datasets import Dataset, Image

from cgd_recipes.evaluation.harness.documents import DATA, Benchmark, documents_sha256, load_documents
from cgd_recipes.evaluation.harness.fault import EvaluationFault
from cgd_recipes.grading import Gold


@pytest.fixture(autouse=True)
def no_data(monkeypatch):
    monkeypatch.delenv(DATA, raising=False)


@pytest.fixture
def folder(tmp_path, monkeypatch, write_rows):
    def write(name, *rows):
        write_rows(rows, f"{name}.jsonl")
        monkeypatch.setenv(DATA, str(tmp_path))
        return tmp_path

    return write


@pytest.mark.parametrize(
    ("name", "row", "problem", "gold"),
    [
        ("amc23", {"id": 0, "question": "1+1?", "answer": 2.0}, "1+1?", "2"),
        ("aime24", {"id": 60, "problem": "p", "answer": "204", "url": "u"}, "p", "204"),
        ("gsm8k", {"question": "q", "answer": "Add.\n#### 1,200"}, "q", "1200"),
        ("math500", {"problem": "p", "solution": "so \\boxed{\\frac12}", "unique_id": "test/1.json"}, "p", "\\frac12"),
        ("theoremqa", {"Question": "q", "Answer": "True", "Answer_type": "bool", "Picture": None}, "q", "True"),
    ],
)
def test_layouts_of_the_hub(name, row, problem, gold, monkeypatch):
    monkeypatch.setattr("datasets.load_dataset", lambda *_args, **_options: Dataset.from_list([row]))
    (document,) = load_documents(Benchmark(name, "some/dataset"))
    assert document.problem == problem
    assert document.gold.text.removesuffix(".0") == gold


def test_rows_of_olympiadbench_keep_their_rules(folder):
    row = {"problem": "p", "final_answer": ["$1$,$2$"], "is_multiple_answer": True, "unit": "cm", "error": "1e-1"}
    folder("olympiadbench", row)
    gold = load_documents(Benchmark("olympiadbench"))[0].gold
    assert (gold.multiple, gold.tolerance, gold.unit) == (True, 0.1, "cm")
    assert isinstance(gold, Gold)


def test_the_revision_goes_to_the_hub(monkeypatch):
    asked = []

    def load(*arguments, **options):
        asked.append((*arguments, options))
        return Dataset.from_list([{"problem": f"p{len(asked)}", "answer": "1"}])

    monkeypatch.setattr("datasets.load_dataset", load)
    benchmark = Benchmark("math500", "a/b", ("algebra", "geometry"), "0a1b", "train")
    assert [document.problem for document in load_documents(benchmark)] == ["p1", "p2"]
    options = {"split": "train", "revision": "0a1b"}
    assert asked == [("a/b", "algebra", options), ("a/b", "geometry", options)]


def test_pictures_are_not_decoded_and_can_be_left_out(monkeypatch):
    picture = {"bytes": b"no picture at all", "path": "x.png"}
    rows = Dataset.from_list(
        [
            {"Question": "a", "Answer": "1", "Picture": picture},
            {"Question": "b", "Answer": "2", "Picture": None},
        ]
    ).cast_column("Picture", Image(decode=False))
    monkeypatch.setattr("datasets.load_dataset", lambda *_args, **_options: rows)
    assert len(load_documents(Benchmark("theoremqa", "x/y"))) == 2
    assert [document.problem for document in load_documents(Benchmark("theoremqa", "x/y", pictures=False))] == ["b"]


def test_a_draw_does_not_depend_on_the_order(folder):
    rows = [{"problem": f"p{number}", "answer": "1", "id": str(number)} for number in range(50)]
    folder("math500", *rows)
    first = load_documents(Benchmark("math500", draw=10))
    folder("math500", *reversed(rows))
    assert load_documents(Benchmark("math500", draw=10)) == first
    assert len(first) == 10


def test_the_environment_comes_before_the_task_file(folder, tmp_path):
    folder("amc23", {"problem": "p", "answer": "1"})
    assert len(load_documents(Benchmark("amc23", folder=str(tmp_path / "nowhere")))) == 1


def test_the_hash_tells_documents_apart(folder):
    folder("amc23", {"problem": "p", "answer": "1"})
    first = documents_sha256(load_documents(Benchmark("amc23")))
    folder("amc23", {"problem": "p", "answer": "2"})
    assert documents_sha256(load_documents(Benchmark("amc23"))) != first


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "holds no questions"),
        ("{", "amc23.jsonl:1:2: not JSON"),
        ("[]", "amc23.jsonl:1: must be a JSON object"),
        (json.dumps({"answer": "1"}), r"amc23.jsonl:1: 'problem' \(or 'question'\) is missing; the row has answer"),
        (json.dumps({"problem": "p"}), "amc23.jsonl:1: amc23: a row has no answer"),
    ],
)
def test_faulty_files(text, message, tmp_path, monkeypatch):
    (tmp_path / "amc23.jsonl").write_text(text)
    monkeypatch.setenv(DATA, str(tmp_path))
    with pytest.raises(EvaluationFault, match=message):
        load_documents(Benchmark("amc23"))


def test_a_missing_file_and_an_unreachable_hub(tmp_path, monkeypatch):
    with pytest.raises(EvaluationFault, match=r"there is no .*aime24.jsonl; the folder has no jsonl file"):
        load_documents(Benchmark("aime24", folder=str(tmp_path)))

    def offline(*_arguments, **_options):
        raise ConnectionError("offline")

    monkeypatch.setattr("datasets.load_dataset", offline)
    with pytest.raises(EvaluationFault, match=r"a/b@main cannot be read from the hub: offline; name a folder"):
        load_documents(Benchmark("aime24", "a/b"))


@pytest.mark.parametrize("answer", [[1, 2], {"value": 4}, float("nan"), float("inf"), "", "  ", None, []])
def test_an_answer_that_is_no_text_and_no_number_is_named_with_its_line(answer, tmp_path):
    rows = [{"problem": "p", "answer": "1"}, {"problem": "q", "answer": answer}]
    (tmp_path / "amc23.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    with pytest.raises(EvaluationFault, match=r"amc23.jsonl:2: .*answer"):
        load_documents(Benchmark("amc23", folder=str(tmp_path)))


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + b'{"problem": "p", "answer": "1"}\n',
        '{"problem": "one\u2028two\u0085three", "answer": "1"}\r\n\r\n'.encode(),
        b'{"problem": "p", "answer": 1, "extra": NaN}',
    ],
    ids=["BOM", "U+2028, U+0085 and CRLF", "NaN beside"],
)
def test_files_as_programs_write_them_are_read(content, tmp_path):
    (tmp_path / "amc23.jsonl").write_bytes(content)
    (document,) = load_documents(Benchmark("amc23", folder=str(tmp_path)))
    assert document.answer == "1"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            '{"problem": "caf\u00e9", "answer": "1"}'.encode("latin-1"),
            r"amc23.jsonl:1:17: not UTF-8 \(byte 0xe9\): save the file as UTF-8",
        ),
        ('{"problem": "p", "answer": "1"}'.encode("utf-16"), r"amc23.jsonl:1:1: not UTF-8 \(byte 0xff\)"),
        (b'{"problem": "\\ud800", "answer": "1"}', r"amc23.jsonl:1: 'problem' has half of a surrogate pair"),
        (b'{"problem": ["p"], "answer": "1"}', r"amc23.jsonl:1: 'problem' \(or 'question'\) is no text"),
        (b'{"problem": " ", "answer": "1"}', r"amc23.jsonl:1: 'problem' is empty"),
        (b'{"problem": "\\u200b", "answer": "1"}', r"amc23.jsonl:1: 'problem' is empty"),
        (
            b'"row"\n{"problem": "p"}',
            r"(?s)amc23.jsonl:2: amc23: a row has no answer.*|amc23.jsonl:1: must be a JSON object",
        ),
    ],
    ids=["latin-1", "UTF-16", "surrogate", "a list", "blank", "nothing that shows", "two at once"],
)
def test_what_cannot_be_asked_is_named_with_its_line(content, message, tmp_path):
    (tmp_path / "amc23.jsonl").write_bytes(content)
    with pytest.raises(EvaluationFault, match=message):
        load_documents(Benchmark("amc23", folder=str(tmp_path)))


def test_ten_faulty_rows_are_named_and_the_others_counted(tmp_path):
    (tmp_path / "amc23.jsonl").write_text('{"problem": "p"}\n' * 25)
    with pytest.raises(EvaluationFault) as error:
        load_documents(Benchmark("amc23", folder=str(tmp_path)))
    lines = str(error.value).split("\n")
    assert len(lines) == 11 and lines[-1] == "and 15 rows more"


def test_half_of_a_surrogate_pair_beside_the_question_can_be_written(tmp_path):
    row = {"id": "a\ud800", "question": "p", "final_answer": ["1"], "answer_type": "\udfff", "unit": "\ud800"}
    (tmp_path / "olympiadbench.jsonl").write_text(json.dumps(row))
    (document,) = load_documents(Benchmark("olympiadbench", folder=str(tmp_path)))
    assert (document.id, document.answer_type, document.gold.unit) == ("a\\ud800", "\\udfff", "\\ud800")
