"""Finished runs on disk: what is damaged is made again, and votes are those of the runs that are there."""

import pytest

from cgd_recipes.evaluation.harness import votes
from cgd_recipes.evaluation.harness.runs import DONE, SUMS, is_whole, seal
from cgd_recipes.evaluation.harness.sweep import _put_aside


@pytest.fixture
def run(tmp_path):
    folder = tmp_path / "runs" / "0a1b-seed42"
    folder.mkdir(parents=True)
    (folder / DONE).write_text("{}")
    (folder / "samples_t.jsonl").write_text('{"doc_id": 0}\n{"doc_id": 1}\n')
    seal(folder)
    return folder


def test_a_run_is_whole_as_it_was_written(run):
    assert is_whole(run)
    assert not is_whole(run.with_name("other"))


@pytest.mark.parametrize("name", [DONE, SUMS, "samples_t.jsonl"])
@pytest.mark.parametrize("content", [None, b"", b'{"doc_id": 0}\n', b"\x00\xff"], ids=["gone", "empty", "cut", "bytes"])
def test_a_run_with_a_damaged_file_is_not(name, content, run):
    (run / name).unlink() if content is None else (run / name).write_bytes(content)
    assert not is_whole(run)


def test_a_damaged_run_is_kept_aside(run, capsys):
    for text in ("first", "second"):
        run.mkdir(exist_ok=True)
        (run / "samples_t.jsonl").write_text(text)
        _put_aside(run)
        assert not run.exists()
        assert (run.with_name(f"{run.name}.damaged") / "samples_t.jsonl").read_text() == text
    assert f"{run} was damaged; it is made again from its answers" in capsys.readouterr().out
    _put_aside(run)  # nothing there


def test_votes_are_of_the_runs_that_were_counted(run, tmp_path):
    path = tmp_path / "votes" / "v.json"
    votes.count_votes([run], {}, path)
    assert votes.are_of(path, [run])
    (run / "samples_t.jsonl").write_text('{"doc_id": 2}\n')
    seal(run)
    assert not votes.are_of(path, [run])


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"votes": {}}', '{"runs_sha256": 1, "votes": []}'])
def test_damaged_votes_are_counted_again(text, run, tmp_path):
    (tmp_path / "v.json").write_text(text)
    assert not votes.are_of(tmp_path / "v.json", [run])
