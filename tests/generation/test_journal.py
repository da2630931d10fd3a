"""The journal: what is kept, found again, refused and shown."""

import json
import sqlite3

import pyarrow.parquet
import pytest

from cgd_recipes.errors import RecipeError
from cgd_recipes.generation.engines.protocol import Completion, Message, Request, RequestFailed, Sampling
from cgd_recipes.generation.export import export_journal
from cgd_recipes.generation.journal import Journal

ANSWER = Completion("4 \u00fc", None, "stop", 10, 5, 4, 0.25, "served", "http://127.0.0.1:1/v1", 2)


def request(key="k1", stage="probe", row="r1"):
    return Request(key, stage, row, "student", "tiny", (Message("user", "2+2?"),), Sampling(stop=("x",)))


@pytest.fixture
def journal(tmp_path):
    with Journal(tmp_path / "deep" / "j.sqlite") as made:
        yield made


def test_answers_are_found_by_key_also_by_another_process(journal):
    assert journal.get("k1") is None
    journal.put(request(), ANSWER)
    assert journal.get("k1") == ANSWER
    with Journal(journal.path, read_only=True) as other:
        assert other.get("k1") == ANSWER


def test_failures_stay_until_they_are_asked_again(journal):
    journal.fail(request("bad"), RequestFailed("HTTP 500", "oops", 3))
    failed = journal.get("bad")
    assert (failed.reason, failed.detail, failed.attempts) == ("HTTP 500", "oops", 3)
    journal.put(request("cut"), ANSWER)
    journal.mark("cut", "truncated answer")
    journal.put(request("good"), ANSWER)
    journal.ask_again(["bad", "cut"])
    assert [journal.get(key) is None for key in ("bad", "cut", "good")] == [True, True, False]
    # What they brought stays until something new takes its place.
    with Journal(journal.path, read_only=True) as other:
        assert other.get("cut") == ANSWER
        assert other.get("bad").reason == "HTTP 500"
    journal.fail(request("cut"), RequestFailed("timeout"))
    journal.put(request("bad"), ANSWER)
    assert journal.get("cut") == journal.get("bad") == ANSWER


def test_a_mark_is_taken_back_where_the_answer_is_used_after_all(journal):
    journal.put(request(), ANSWER)
    journal.mark("k1", "the answer never left its thinking")
    assert journal.status()[0].answers == 0
    journal.accept("k1")
    assert journal.status()[0].answers == 0
    journal.get("k1")
    journal.accept("k1")
    assert journal.status()[0].answers == 1


def test_an_answer_takes_the_place_of_a_failure(journal):
    journal.fail(request(), RequestFailed("timeout"))
    journal.put(request(), ANSWER)
    assert journal.get("k1") == ANSWER
    assert journal.status()[0].faults == {}


def test_a_second_process_is_refused(journal):
    with pytest.raises(RecipeError, match=r"is in use by process \d+ on .*; wait for it"):
        Journal(journal.path)


def test_a_foreign_file_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "notes.sqlite"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE notes (text)")
    database.close()
    with pytest.raises(RecipeError, match=r"is no journal of cgd-recipes; name another file with generate\.journal"):
        Journal(path)
    (tmp_path / "text.sqlite").write_text("not a database at all, but text that is long enough to be read as one" * 20)
    with pytest.raises(RecipeError, match="the journal cannot be used: file is not a database"):
        Journal(tmp_path / "text.sqlite")
    with pytest.raises(RecipeError, match="no such journal"):
        Journal(tmp_path / "nothing.sqlite", read_only=True)


@pytest.mark.parametrize("end", ["-wal", "-shm", "-journal"])
def test_a_log_without_its_journal_is_kept(tmp_path, end):
    (tmp_path / f"j.sqlite{end}").write_text("answers")
    with pytest.raises(RecipeError, match=rf"j\.sqlite{end}: is here without j\.sqlite, and would be removed"):
        Journal(tmp_path / "j.sqlite")
    assert (tmp_path / f"j.sqlite{end}").read_text() == "answers"


def test_a_layout_of_another_version_is_refused(journal):
    journal._db.execute("PRAGMA user_version=99")
    with pytest.raises(RecipeError, match="has layout 99, not 2"):
        Journal(journal.path, read_only=True)


def test_a_full_disk_is_said_and_keeps_what_was_there(journal):
    journal.put(request(), ANSWER)
    journal._db.execute(f"PRAGMA max_page_count={journal._db.execute('PRAGMA page_count').fetchone()[0]}")
    big = Completion("x" * 100_000, None, "stop", 1, 1, None, 0.1, "m", "s")
    with pytest.raises(RecipeError, match="database or disk is full; every answer so far is kept"):
        journal.put(request("k2"), big)
    journal._db.execute("PRAGMA max_page_count=1000000")
    assert journal.get("k1") == ANSWER
    assert journal.get("k2") is None
    journal.put(request("k2"), big)
    assert journal.get("k2") == big


def test_status_counts_by_stage_and_model(journal):
    journal.put(request("a"), ANSWER)
    journal.put(request("b", row="r2"), ANSWER)
    journal.mark("b", "truncated answer")
    journal.fail(request("c", "critique"), RequestFailed("timeout"))
    probe, critique = journal.status()
    assert (probe.stage, probe.model, probe.answers, probe.faults) == ("probe", "tiny", 1, {"truncated answer": 1})
    assert (probe.prompt_tokens, probe.completion_tokens, probe.cached_tokens, probe.seconds) == (20, 10, 8, 0.5)
    assert (critique.stage, critique.answers, critique.faults) == ("critique", 0, {"timeout": 1})


def test_runs_are_remembered(journal):
    first = journal.begin_run({"recipe": "a"})
    second = journal.begin_run({"recipe": "b"})
    journal.end_run(second)
    runs = journal.runs()
    assert [run["run"] for run in runs] == [first, second]
    assert [run["ended"] is None for run in runs] == [True, False]
    assert runs[1]["details"] == {"recipe": "b"}


def test_sync_forces_the_log_to_disk(journal, monkeypatch):
    synced = []
    monkeypatch.setattr("cgd_recipes.generation.journal.os.fsync", synced.append)
    journal.put(request(), ANSWER)
    journal.sync()
    journal.sync()
    assert len(synced) == 2 and synced[0] == synced[1]


@pytest.mark.parametrize("suffix", ["jsonl", "parquet"])
def test_export_has_everything(journal, tmp_path, suffix):
    # The first thousand rows of a parquet file tell its types unless they are given.
    for number in range(1_001):
        journal.put(request(f"k{number:04}", row=f"r{number}"), ANSWER)
    thought = Completion("4", "thought", "stop", None, None, None, 0.1, "m", "s")
    journal.put(request("last"), thought)
    journal.fail(request("bad"), RequestFailed("timeout", "no answer within 5 s", 8))
    file = tmp_path / f"all.{suffix}"
    assert export_journal(journal, file) == 1_003
    if suffix == "jsonl":
        entries = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        assert entries[0]["messages"] == [{"role": "user", "content": "2+2?"}]
        assert entries[0]["sampling"]["stop"] == ["x"]
    else:
        entries = pyarrow.parquet.read_table(file).to_pylist()
        assert json.loads(entries[0]["messages"]) == [{"role": "user", "content": "2+2?"}]
    assert entries[0]["text"] == "4 \u00fc" and entries[0]["served_model"] == "served"
    assert (entries[0]["finish_reason"], entries[0]["cached_tokens"], entries[0]["seconds"]) == ("stop", 4, 0.25)
    assert {entry["reasoning"] for entry in entries} == {None, "thought"}
    assert (entries[-1]["fault"], entries[-1]["detail"], entries[-1]["attempts"]) == (
        "timeout",
        "no answer within 5 s",
        8,
    )
    with pytest.raises(RecipeError, match="exists already"):
        export_journal(journal, file)
    with pytest.raises(RecipeError, match=r"must end in \.jsonl or \.parquet"):
        export_journal(journal, tmp_path / "all.csv")


def test_an_empty_journal_exports(journal, tmp_path):
    assert export_journal(journal, tmp_path / "none.parquet") == 0
    assert pyarrow.parquet.read_table(tmp_path / "none.parquet").num_rows == 0


def flip(journal, column, value):
    """Change what is written, as a failing disk does."""
    journal._db.execute(f"UPDATE answers SET {column} = ?", (value,))


@pytest.mark.parametrize(
    ("column", "value"),
    [("text", "5 \u00fc"), ("reasoning", "x"), ("finish_reason", "length"), ("seconds", 0.5), ("text", None), ("text", b"\xff4"),
     ("prompt_tokens", "ten"), ("served_model", "other"), ("text", 4)],
)  # fmt: skip
def test_a_flipped_bit_is_noticed_and_the_answer_asked_for_again(journal, column, value):
    journal.put(request(), ANSWER)
    assert journal.get("k1") == ANSWER
    flip(journal, column, value)
    found = journal.get("k1")
    assert isinstance(found, RequestFailed) and found.reason == "damaged in the journal"
    journal.ask_again(["k1"])
    journal.put(request(), ANSWER)
    assert journal.get("k1") == ANSWER


def test_an_answer_that_stands_under_another_key_is_noticed(journal):
    journal.put(request(), ANSWER)
    flip(journal, "key", "k2")
    assert journal.get("k2").reason == "damaged in the journal"


def test_text_that_is_no_text_is_noticed(journal):
    journal.put(request(), ANSWER)
    journal._db.execute("UPDATE answers SET text = CAST(x'ff34' AS TEXT)")
    assert journal.get("k1").reason == "damaged in the journal"


def earlier_layout(path):
    """A journal as the version before this one wrote it."""
    with Journal(path) as journal:
        journal.put(request(), ANSWER)
    database = sqlite3.connect(path)
    database.execute("ALTER TABLE answers DROP COLUMN checksum")
    database.execute("PRAGMA user_version=1")
    database.commit()
    database.close()


def test_a_journal_without_checksums_is_read_and_gets_them(tmp_path):
    path = tmp_path / "j.sqlite"
    earlier_layout(path)
    with Journal(path, read_only=True) as journal:
        assert journal.get("k1") == ANSWER
    with Journal(path) as journal:
        assert journal.get("k1") == ANSWER
        journal.put(request("k2"), ANSWER)
        flip(journal, "text", "5")
        assert journal.get("k1").text == "5", "there is nothing to tell it by"
        assert journal.get("k2").reason == "damaged in the journal"
        flip(journal, "text", None)
        assert journal.get("k1").reason == "damaged in the journal"
    with Journal(path, read_only=True) as journal:
        assert [stage.answers for stage in journal.status()] == [2]


def test_a_corrupt_journal_is_a_message(journal, tmp_path):
    journal.put(request(), ANSWER)
    journal.begin_run({"recipe": "a"})
    journal._db.execute("UPDATE runs SET details = '{\"recip'")
    with pytest.raises(RecipeError, match="the journal cannot be used"):
        journal.runs()
    flip(journal, "messages", "[{")
    assert export_journal(journal, tmp_path / "all.jsonl") == 1
    assert json.loads((tmp_path / "all.jsonl").read_text("utf-8"))["messages"] == "[{"
    whole = journal.path.read_bytes() + (journal.path.with_name(f"{journal.path.name}-wal")).read_bytes()
    for cut in range(100, len(whole), max(1, len(whole) // 12)):
        (tmp_path / "cut.sqlite").write_bytes(whole[:cut] + b"\0\xff" * 300 + whole[cut + 600 :])
        try:
            with Journal(tmp_path / "cut.sqlite", read_only=True) as other:
                other.get("k1"), other.status(), other.runs(), list(other.entries())
        except RecipeError as error:
            assert "journal" in str(error)


def test_what_was_there_before_is_told_from_what_is_new(tmp_path):
    with Journal(tmp_path / "j.sqlite") as journal:
        journal.put(request("old"), ANSWER)
        journal.fail(request("bad"), RequestFailed("timeout"))
    with Journal(tmp_path / "j.sqlite") as journal:
        journal.put(request("new"), ANSWER)
        journal.fail(request("worse"), RequestFailed("timeout"))
        assert [journal.is_of_earlier_run(key) for key in ("old", "bad", "new", "worse", "none")] == [
            True,
            True,
            False,
            False,
            False,
        ]


DAMAGE = [
    ("failures", "reason", None), ("failures", "reason", b"\xff"), ("failures", "detail", 5), ("failures", "attempts", "x"),
    ("answers", "fault", b"\xff"), ("answers", "stage", 7), ("answers", "model", None), ("answers", "messages", b"\xff"),
    ("answers", "prompt_tokens", "many"), ("answers", "seconds", b"1"), ("answers", "reasoning", b"\xff"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "column", "value"), DAMAGE)
def test_a_value_of_another_type_is_no_bug(journal, tmp_path, table, column, value):
    journal.put(request("k1"), ANSWER)
    journal.fail(request("k2"), RequestFailed("timeout", "none", 8))
    journal._db.execute(f"UPDATE {table} SET {column} = ?", (value,))
    for name in ("all.jsonl", "all.parquet"):
        assert export_journal(journal, tmp_path / name) == 2
    assert all(isinstance(reason, str) for stage in journal.status() for reason in stage.faults)
    if table == "failures":
        assert journal.get("k2").reason == "damaged in the journal"


@pytest.mark.parametrize(
    ("column", "value"), [("prompt_tokens", "many"), ("reasoning", b"\xff"), ("attempts", None), ("seconds", "x")]
)
def test_where_there_is_no_checksum_the_types_tell(tmp_path, column, value):
    earlier_layout(tmp_path / "j.sqlite")
    with Journal(tmp_path / "j.sqlite") as journal:
        flip(journal, column, value)
        assert journal.get("k1").reason == "damaged in the journal"


def test_what_can_be_done_about_a_journal_is_said(journal, tmp_path):
    journal.begin_run({"recipe": "a"})
    journal._db.execute("UPDATE runs SET details = '[]'")
    with pytest.raises(RecipeError, match="what is noted of a run is damaged; it was damaged: put a copy back"):
        journal.runs()
    (tmp_path / "text.sqlite").write_text("hello")
    with pytest.raises(RecipeError, match=r"file is not a database; it was damaged: .*generate\.journal"):
        Journal(tmp_path / "text.sqlite")
    (tmp_path / "empty.sqlite").touch()
    with pytest.raises(RecipeError, match="holds nothing yet"):
        Journal(tmp_path / "empty.sqlite", read_only=True)
    journal._db.execute("PRAGMA user_version=99")
    with pytest.raises(RecipeError, match="has layout 99, not 2; a later version wrote it: update cgd-recipes"):
        Journal(journal.path, read_only=True)


def test_a_journal_through_a_link_is_the_one_that_it_leads_to(tmp_path):
    (tmp_path / "disk").mkdir()
    (tmp_path / "link.sqlite").symlink_to("disk/j.sqlite")
    with Journal(tmp_path / "link.sqlite") as journal:
        journal.put(request(), ANSWER)
        journal.sync()
        with pytest.raises(RecipeError, match="is in use by process"):
            Journal(tmp_path / "disk" / "j.sqlite")
    with Journal(tmp_path / "disk" / "j.sqlite", read_only=True) as journal:
        assert journal.get("k1") == ANSWER
