"""`cgd-recipe generate` as a user runs it, against a small server, and `render` on what it gave."""

import asyncio
import json
import os
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from helpers.chat_server import chat_server, said, stage_of, teaching
from helpers.command import run

from cgd_recipes.errors import RecipeError
from cgd_recipes.generation.acceptance import Acceptance
from cgd_recipes.generation.bound import BoundStage
from cgd_recipes.generation.engines.protocol import Completion, RequestFailed
from cgd_recipes.generation.journal import Journal
from cgd_recipes.generation.outcomes import Outcomes
from cgd_recipes.generation.recorder import Recorder
from cgd_recipes.generation.scheduler import run_stages
from cgd_recipes.generation.settings import load_generation
from cgd_recipes.generation.spending import Tokens
from cgd_recipes.generation.stage import Stage
from cgd_recipes.generation.tally import Tally
from cgd_recipes.recipe.resolve import load_recipe
from cgd_recipes.trainers.plan import make_plan

ROWS = [{"id": f"r{number}", "question": f"What is question {number}?", "topic": "sums"} for number in range(20)]
FEW = ROWS[:4]
"""Where their number shows nothing."""


@pytest.fixture(autouse=True)
def in_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def write_recipe(url, rows=ROWS, **generate):
    """r.yaml and its rows; JSON is YAML."""
    Path("rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    role = {"model": "tiny", "base_urls": [url], "max_tokens": 50, "concurrency": 4}
    section = {
        "student": role,
        "teacher": {**role, "price": {"prompt": 1, "completion": 2}},
        "max_attempts": 1,
        **generate,
    }
    recipe = {
        "extends": ["llama-cgd", "base/generate"],
        "name": "r",
        "data": {"source": "rows.jsonl"},
        "generate": section,
    }
    Path("r.yaml").write_text(json.dumps(recipe), encoding="utf-8")


def triples():
    return [json.loads(line) for line in Path("build/r.generated/triples.jsonl").read_text("utf-8").splitlines()]


def failed():
    return [json.loads(line) for line in Path("build/r.generated/failed.jsonl").read_text("utf-8").splitlines()]


def test_generate_then_render():
    with chat_server(teaching) as server:
        write_recipe(server.url)
        result = run("generate", "r.yaml")
    assert result.exit_code == 0, result.output
    assert "rows      20 of 20 complete" in result.stdout
    assert "critique  20 asked, 0 known before; 200 prompt tokens (80 cached), 100 completion tokens" in result.stdout
    made = triples()
    assert {row["id"] for row in made} == {row["id"] for row in ROWS}
    for row in made:
        tag = f"q{row['id'][1:]}"
        assert row["student_response"] == f"student on {tag}"
        assert (row["critique"], row["verdict"]) == (f"critique of {tag}\nConclusion: wrong", "wrong")
        assert row["refined_response"] == f"refined {tag}"
        assert row["topic"] == "sums"
    assert len(server.bodies) == 60
    body = server.bodies[0]
    assert (body["temperature"], body["top_p"], body["max_tokens"]) == (0.0, 1.0, 50)
    result = run("render", "r.yaml")
    assert result.exit_code == 0, result.output
    assert "rows      20 of 20 (student answers: 20 wrong)" in result.stdout
    manifest = json.loads(Path("build/r/manifest.json").read_text("utf-8"))
    generated = manifest["source"]["generated"]
    assert generated["rows"]["complete"] == 20
    assert generated["made_from"]["generate"]["critique"]["model"] == "tiny"
    assert run("render", "build/r/recipe.resolved.yaml", "-o", "again").exit_code == 0
    assert Path("again/data/train.jsonl").read_bytes() == Path("build/r/data/train.jsonl").read_bytes()


def test_a_second_run_asks_nothing_and_gives_the_same_bytes():
    with chat_server(teaching) as server:
        write_recipe(server.url, FEW)
        run("generate", "r.yaml")
        before = {file.name: file.read_bytes() for file in Path("build/r.generated").glob("*.json*")}
        result = run("generate", "r.yaml", "--json")
        assert len(server.bodies) == 12
    assert before == {file.name: file.read_bytes() for file in Path("build/r.generated").glob("*.json*")}
    summary = json.loads(result.stdout)
    assert (summary["complete"], summary["failed"], summary["unfinished"]) == (4, {}, 0)
    assert summary["stages"]["refine"] == {
        "answers": 4, "asked": 0, "asked_again": 0, "failed": {}, "prompt_tokens": 0, "cached_tokens": 0, "completion_tokens": 0,
    }  # fmt: skip


def test_limit_takes_the_first_of_the_draw_and_more_goes_on():
    with chat_server(teaching) as server:
        write_recipe(server.url)
        run("generate", "r.yaml", "--limit", 5)
        first = [row["id"] for row in triples()]
        assert len(server.bodies) == 15
        rendered = run("render", "r.yaml")
        assert "warning: the rows were generated with --limit 5" in rendered.stderr
        run("generate", "r.yaml")
        assert len(server.bodies) == 60
    assert [row["id"] for row in triples()][:5] == first


def test_columns_of_the_source_and_all_its_own_are_kept():
    rows = [{"nr": 7, "problem": "What is question 7?", "solution": "x", "level": 3}]
    with chat_server(teaching) as server:
        write_recipe(server.url, rows)
        settings = ["-s", "data.columns={id: nr, question: problem, reference: solution}"]
        assert run("generate", "r.yaml", *settings).exit_code == 0
        assert run("render", "r.yaml", *settings).exit_code == 0
    (row,) = triples()
    assert (row["id"], row["question"], row["reference"], row["level"]) == ("7", "What is question 7?", "x", 3)
    assert "problem" not in row


def test_failures_are_set_aside_and_asked_for_again():
    broken = True

    def reply(body, number):
        text = json.dumps(body["messages"])
        if broken and "question 3?" in text and stage_of(body) == "critique":
            return 500, {"error": {"message": "out of luck"}}
        if broken and "question 4?" in text:
            return said("cut sho", finish="length")
        return teaching(body, number)

    with chat_server(reply) as server:
        write_recipe(server.url)
        result = run("generate", "r.yaml")
        assert result.exit_code == 0
        assert "rows      18 of 20 complete" in result.stdout
        assert "retry     cgd-recipe generate r.yaml --retry-failed" in result.stdout
        reasons = {row["id"]: (row["stage"], row["reason"]) for row in failed()}
        assert reasons == {"r3": ("critique", "HTTP 500"), "r4": ("probe", "truncated answer")}
        assert "out of luck" in failed()[[row["id"] for row in failed()].index("r3")]["detail"]
        rendered = run("render", "r.yaml")
        assert "18 of 20 rows were generated; the others failed: critique: HTTP 500 (1)" in rendered.stderr
        asked = len(server.bodies)
        run("generate", "r.yaml")
        assert len(server.bodies) == asked
        broken = False
        result = run("generate", "r.yaml", "--retry-failed")
        assert len(server.bodies) == asked + 2 + 3
    assert "rows      20 of 20 complete" in result.stdout
    assert not Path("build/r.generated/failed.jsonl").exists()


def test_too_many_failures_in_a_row_stop_the_run_and_keep_everything():
    def reply(body, number):
        return teaching(body, number) if number <= 8 else (500, {"error": {"message": "out of memory"}})

    with chat_server(reply) as server:
        write_recipe(server.url, max_failures=6)
        result = run("generate", "r.yaml")
        assert result.exit_code == 1
        assert result.stderr.startswith("r.yaml:1:")
        assert "failed 6 times with no success between them: HTTP 500 (6); the last: " in result.stderr
        assert "out of memory" in result.stderr
        assert "run again with --retry-failed" in result.stderr
        with Journal(Path("build/r.generated/journal.sqlite"), read_only=True) as journal:
            assert sum(stage.answers for stage in journal.status()) == 8
        server.reply = teaching
        assert "rows      20 of 20 complete" in run("generate", "r.yaml", "--retry-failed").stdout


def test_a_failing_row_between_good_ones_stops_nothing():
    def reply(body, number):
        return (400, {}) if "question 1" in json.dumps(body["messages"]) else teaching(body, number)

    with chat_server(reply) as server:
        write_recipe(server.url, [*ROWS, *({"id": f"s{n}", "question": f"What is question 2{n:02}?"} for n in range(80))],
                     max_failures=12)  # fmt: skip
        result = run("generate", "r.yaml")
    assert "rows      89 of 100 complete" in result.stdout, result.output


def test_rows_of_one_question_share_its_answers():
    rows = [{"id": f"r{number}", "question": "What is question 1?"} for number in range(10)]
    with chat_server(teaching) as server:
        write_recipe(server.url, rows)
        run("generate", "r.yaml")
        assert len(server.bodies) == 3
    assert len(triples()) == 10


def test_a_changed_recipe_is_not_rendered_from_old_triples():
    with chat_server(teaching) as server:
        write_recipe(server.url, FEW)
        assert "r.yaml:1:" in run("render", "r.yaml").stderr
        assert "no triples in build/r.generated yet; run `cgd-recipe generate r.yaml`" in run("render", "r.yaml").stderr
        run("generate", "r.yaml")
        assert run("render", "r.yaml").exit_code == 0
        stale = run("render", "r.yaml", "-s", "generate.teacher.temperature=0.5")
        assert stale.exit_code == 1
        assert (
            "'generate.refine.sampling.temperature' was 0.0 when the triples were generated, and is 0.5 now"
            in stale.stderr
        )
        write_recipe(server.url, ROWS[:2])
        assert "'files.rows.jsonl' was" in run("render", "r.yaml").stderr
        run("generate", "r.yaml")
        assert len(server.bodies) == 12
        assert "rows      2 of 2" in run("render", "r.yaml").stdout
        # Where the servers are plays no part in what was generated.
        moved = run("render", "r.yaml", "-s", "generate.student.base_urls=[]", "-s", "generate.timeout=5")
        assert moved.exit_code == 0, moved.stderr


def test_triples_are_stale_when_a_format_of_ones_own_changes():
    form = "name: mine\ndescription: d\nkeys: [frage]\nfields: {question: frage}\n"
    Path("mine.yaml").write_text(form, encoding="utf-8")
    with chat_server(teaching) as server:
        write_recipe(server.url, [{"id": row["id"], "frage": row["question"]} for row in FEW])
        settings = ("-s", "data.format=mine.yaml")
        assert run("generate", "r.yaml", *settings).exit_code == 0
        assert run("render", "r.yaml", *settings).exit_code == 0
        Path("mine.yaml").write_text(form.replace("d\n", "other\n"), encoding="utf-8")
        assert "'data.format' was" in run("render", "r.yaml", *settings).stderr


def test_edited_triples_are_never_overwritten():
    with chat_server(teaching) as server:
        write_recipe(server.url, FEW)
        run("generate", "r.yaml")
        with open("build/r.generated/triples.jsonl", "a", encoding="utf-8") as handle:
            handle.write("{}\n")
        for command in ("generate", "render"):
            result = run(command, "r.yaml")
            assert result.exit_code == 1
            assert (
                "triples.jsonl: was changed since it was generated, and would be overwritten; move it away"
                in result.stderr
            )


def test_dry_run_sends_and_writes_nothing():
    with chat_server(teaching) as server:
        write_recipe(server.url)
        shown = run("generate", "r.yaml", "--dry-run", "--limit", 2).stdout
        assert server.bodies == []
        assert not Path("build").exists()
        for text in (
            "--- probe: user\nWhat is question",
            "Student's Answer: <student_response>",
            "Critique: <critique>",
        ):
            assert text in shown
        assert "rows      2, of which 0 are done" in shown
        assert "at most 100 completion tokens" in shown
        assert "after a run with --limit the estimate knows how long answers are" in shown
        run("generate", "r.yaml", "--limit", 2)
        made = json.loads(run("generate", "r.yaml", "--dry-run", "--json").stdout)
        assert (made["rows"], made["done"]) == (20, 2)
        assert made["stages"]["refine"]["calls"] == 18
        assert made["stages"]["refine"]["completion_tokens"] == 18 * 5


def test_status_and_export():
    with chat_server(teaching) as server:
        write_recipe(server.url, FEW)
        run("generate", "r.yaml")
    text = run("journal", "status", "r.yaml").stdout
    assert "run 1     recipe r, started" in text
    assert "probe     tiny: 4 answers; 40 prompt tokens (16 cached), 20 completion tokens" in text
    by_file = json.loads(run("journal", "status", "build/r.generated/journal.sqlite", "--json").stdout)
    assert [stage["answers"] for stage in by_file["stages"]] == [4, 4, 4]
    assert by_file["runs"][0]["details"]["generate"]["student"]["model"] == "tiny"
    assert (
        run("journal", "export", "r.yaml", "-o", "all.jsonl").stdout == "all.jsonl written: 12 answers and failures\n"
    )
    assert len(Path("all.jsonl").read_text("utf-8").splitlines()) == 12


def test_a_journal_in_use_is_refused():
    with chat_server(teaching) as server:
        write_recipe(server.url)
        with Journal(Path("build/r.generated/journal.sqlite")):
            result = run("generate", "r.yaml")
    assert result.exit_code == 1
    assert "is in use by process" in result.stderr


def test_a_planted_key_is_nowhere(monkeypatch):
    key = "sk-planted-0123456789abcdef"
    monkeypatch.setenv("TEACHER_KEY", key)

    def reply(body, number):
        if number % 7 == 0:
            return 400, {"error": {"message": f"you sent Bearer {key}"}}
        return teaching(body, number)

    with chat_server(reply) as server:
        write_recipe(server.url)
        result = run("generate", "r.yaml", "-s", "generate.teacher.api_key_env=TEACHER_KEY")
        assert any(headers.get("Authorization") == f"Bearer {key}" for headers in server.headers)
    assert result.exit_code == 0, result.output
    assert failed()
    run("journal", "export", "r.yaml", "-o", "all.jsonl", "-s", "generate.teacher.api_key_env=TEACHER_KEY")
    run("render", "r.yaml", "-s", "generate.teacher.api_key_env=TEACHER_KEY")
    assert key not in result.output
    files = [file for file in Path().rglob("*") if file.is_file()]
    assert len(files) > 8
    assert [file for file in files if key.encode() in file.read_bytes()] == []


def loaded(*settings):
    return load_generation(make_plan(load_recipe("r.yaml", settings)))


class _Double:
    """An engine in this process, to see in which order and how many at once requests come."""

    def __init__(self, slots=4, one_model=False, seconds=0.0):
        self.one_model, self._slots, self._seconds = one_model, slots, seconds
        self.order, self.running, self.most, self.switches = [], 0, 0, []

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        pass

    async def switch(self, role):
        self.switches.append(role)

    def slots(self, role):
        return self._slots

    async def complete(self, request):
        self.order.append((request.stage, request.row_id))
        assert not self.switches or self.switches[-1] == request.role
        self.running += 1
        self.most = max(self.most, self.running)
        await asyncio.sleep(self._seconds)
        self.running -= 1
        return _completion(request)


def _completion(request):
    body = {"messages": [turn._asdict() for turn in request.messages]}
    message = teaching(body, 0)["choices"][0]["message"]
    return Completion(message["content"], None, "stop", 1, 1, None, 0.1, "tiny", "double")


def drive(engine, generation, rows=ROWS):
    with Journal(generation.journal) as journal:
        tally = Tally(generation, len(rows))
        recorder = Recorder(generation, journal, tally, Acceptance(generation, Outcomes(), None, len(rows), None))
        with closing(recorder.outcomes):
            run_stages(recorder, engine, rows)
    return tally


def test_slots_stay_full_and_earlier_stages_go_first():
    write_recipe("http://127.0.0.1:1/v1")
    engine = _Double(slots=4, seconds=0.001)
    tally = drive(engine, loaded())
    assert engine.most == 4
    assert tally.settled_rows == 20
    stages = [stage for stage, _ in engine.order]
    # 16 rows are open at once: their probes go first, and the end is refines only.
    assert stages[:16] == ["probe"] * 16
    assert stages[-8:] == ["refine"] * 8


def test_a_conversation_goes_on_at_once():
    write_recipe("http://127.0.0.1:1/v1", style="conversation")
    engine = _Double(slots=1)
    drive(engine, loaded(), ROWS[:4])
    refined = [engine.order.index(("refine", f"r{number}")) for number in range(4)]
    assert all(engine.order[at - 1] == ("critique", engine.order[at][1]) for at in refined)


def test_one_model_at_a_time():
    write_recipe("http://127.0.0.1:1/v1")
    engine = _Double(one_model=True)
    tally = drive(engine, loaded())
    assert engine.switches == ["student", "teacher"]
    assert [stage for stage, _ in engine.order][:20] == ["probe"] * 20
    assert len(engine.order) == 60
    assert tally.settled_rows == 20


class _Batches:
    """An engine that takes whole stages; one row always fails."""

    def __init__(self):
        self.batches = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def batch(self, role, requests):
        self.batches.append([role, 0])
        for request in requests:
            self.batches[-1][1] += 1
            yield request, RequestFailed("engine error") if request.row_id == "r5" else _completion(request)


def test_a_batch_engine_gets_a_stage_at_a_time():
    write_recipe("http://127.0.0.1:1/v1")
    engine, generation = _Batches(), loaded()
    drive(engine, generation)
    assert engine.batches == [["student", 20], ["teacher", 19], ["teacher", 19]]
    again = _Batches()
    drive(again, generation)
    assert again.batches == []


def test_an_error_of_the_engine_stops_at_once():
    write_recipe("http://127.0.0.1:1/v1")

    class Broken(_Double):
        async def complete(self, request):
            if len(self.order) == 3:
                raise RuntimeError("a bug")
            self.order.append(request.row_id)
            await asyncio.Event().wait()  # the others are never answered

    with pytest.raises(RuntimeError, match="a bug"):
        drive(Broken(), loaded())


def test_cost_is_by_the_million():
    assert (
        Tokens(3_000_000, 1_000_000, 500_000).cost({"prompt": 2.0, "cached": 0.5, "completion": 8.0}) == 4.0 + 0.5 + 4.0
    )
    assert Tokens(3_000_000, 1_000_000, 500_000).cost({"prompt": 2.0}) == 6.0
    assert Tokens(1, 0, 1).cost({}) == 0.0


def test_what_a_recipe_no_longer_says_is_a_difference_too():
    with chat_server(teaching) as server:
        write_recipe(server.url)
        setting = ["-s", "data.sample=5", "-s", "generate.teacher.extra_body={a: 1, b: 2}"]
        run("generate", "r.yaml", *setting)
        assert run("render", "r.yaml", *setting).exit_code == 0
        stale = run("render", "r.yaml", "-s", "data.sample=5", "-s", "generate.teacher.extra_body={a: 1}")
        assert (
            "'generate.refine.extra_body.b' was 2 when the triples were generated, and is nothing now" in stale.stderr
        )
        assert "'data.sample' was 5" in run("render", "r.yaml", *setting[2:]).stderr


@pytest.mark.parametrize("name", ["triples.jsonl", "manifest.json"])
def test_a_stop_while_triples_are_written_costs_nothing(monkeypatch, name):
    """Killed at any of the steps that put triples and manifest into place, once the earlier ones are gone."""
    with chat_server(teaching) as server:
        write_recipe(server.url, ROWS[:6])
        run("generate", "r.yaml", "--limit", 5)
        whole = os.replace

        def stop(source, target):
            if Path(target) == Path("build/r.generated") / name:
                raise OSError(28, "No space left on device", str(target))
            return whole(source, target)

        with monkeypatch.context() as patched:
            patched.setattr(os, "replace", stop)
            stopped = run("generate", "r.yaml")
        assert stopped.exit_code == 1
        assert "No space left on device" in stopped.stderr
        assert "no triples in build/r.generated yet" in run("render", "r.yaml").stderr
        result = run("generate", "r.yaml")
        assert "rows      6 of 6 complete" in result.stdout
        assert len(server.bodies) == 18
    assert not list(Path("build/r.generated").glob(".*"))


def test_a_dead_teacher_stops_the_run_while_the_student_is_well():
    def reply(body, number):
        return (
            teaching(body, number) if stage_of(body) == "probe" else (400, {"error": {"message": "no such template"}})
        )

    with chat_server(reply) as server:
        rows = [{"id": f"r{number}", "question": f"What is question {number}?"} for number in range(200)]
        write_recipe(server.url, rows, max_failures=5, style="conversation")
        result = run("generate", "r.yaml")
        assert result.exit_code == 1
        assert "stage 'critique' failed 5 times with no success between them" in result.stderr
        assert len(server.bodies) < 60


def test_one_failing_question_of_many_rows_is_one_failure():
    def reply(body, number):
        return (400, {}) if "question 1?" in json.dumps(body["messages"]) else teaching(body, number)

    rows = [{"id": f"r{number}", "question": "What is question 1?"} for number in range(50)]
    with chat_server(reply) as server:
        write_recipe(server.url, rows, max_failures=5)
        result = run("generate", "r.yaml")
    assert "failed    50 at probe: HTTP 400" in result.stdout


def test_a_prompt_that_fails_on_a_row_sets_it_aside():
    Path("mine.yaml").write_text(
        "extends: probe\nname: probe\ndescription: mine\n"
        "user: \"{% if '3?' in question %}{{ question.split('#')[1] }}{% elif '4?' in question %} {% else %}{{ question }}{% endif %}\"\n"
    )
    with chat_server(teaching) as server:
        write_recipe(server.url, stages=["mine.yaml", "critique", "refine"])
        result = run("generate", "r.yaml")
        assert result.exit_code == 0, result.output
        assert "Traceback" not in result.stderr
        assert run("generate", "r.yaml", "--dry-run").exit_code == 0
        assert run("generate", "r.yaml", "--retry-failed").exit_code == 0
    reasons = {row["id"]: row["reason"] for row in failed()}
    assert {reasons[name] for name in ("r3", "r13")} == {"the prompt's template fails"}
    assert {reasons[name] for name in ("r4", "r14")} == {"the prompt is empty"}
    assert len(triples()) == 16
    assert "mine.yaml: 'user'" in failed()[0]["detail"]


def test_retrying_deletes_nothing_before_there_is_something_new():
    broken = True

    def reply(body, number):
        if "question 3?" in json.dumps(body["messages"]) and stage_of(body) == "critique":
            return said("cut sho", finish="length") if broken else (500, {})
        return teaching(body, number)

    with chat_server(reply) as server:
        write_recipe(server.url)
        run("generate", "r.yaml")
        broken = False
        run("generate", "r.yaml", "--retry-failed")
        assert len(server.bodies) == 59 + 1
    run("journal", "export", "r.yaml", "-o", "all.jsonl")
    assert sum('"cut sho"' in line for line in Path("all.jsonl").read_text("utf-8").splitlines()) == 1
    assert failed()[0]["reason"] == "truncated answer"


def test_retrying_asks_only_for_the_rows_of_this_run():
    def reply(body, number):
        return (400, {}) if "question 1" in json.dumps(body["messages"]) else teaching(body, number)

    with chat_server(reply) as server:
        write_recipe(server.url)
        run("generate", "r.yaml")
        asked = len(server.bodies)
        bad = {row["id"] for row in failed()}
        run("generate", "r.yaml", "--limit", 5)
        first = bad & ({row["id"] for row in triples()} | {row["id"] for row in failed()})
        run("generate", "r.yaml", "--limit", 5, "--retry-failed")
        assert len(server.bodies) == asked + len(first)


def test_other_thinking_settings_make_answers_good_again():
    with chat_server(teaching) as server:
        write_recipe(server.url, FEW)
        result = run("generate", "r.yaml", "-s", "generate.student.thinking=think")
        assert "failed    4 at probe: the answer never left its thinking" in result.stdout
        assert "rows      4 of 4 complete" in run("generate", "r.yaml").stdout
        assert len(server.bodies) == 12
        assert "failed" not in run("journal", "status", "r.yaml").stdout
        run("generate", "r.yaml", "--retry-failed")
        assert len(server.bodies) == 12


def test_columns_that_json_cannot_hold_are_left_out_and_others_stay():
    import pyarrow
    import pyarrow.parquet

    rows = [{**row, "image": b"\x89PNG", "input": "i", "output": "o", "prompt": "p"} for row in FEW]
    with chat_server(teaching) as server:
        write_recipe(server.url)
        pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), "rows.parquet")
        result = run("generate", "r.yaml", "-s", "data.source=rows.parquet")
    assert "rows      4 of 4 complete" in result.stdout, result.output
    row = triples()[0]
    assert (row["topic"], row["input"], row["output"], row["prompt"]) == ("sums", "i", "o", "p")
    assert "image" not in row


def test_a_list_of_rejected_rows_does_not_outlive_them():
    with chat_server(teaching) as server:
        write_recipe(server.url, [*ROWS, {"id": "bad"}])
        run("generate", "r.yaml")
        assert '"no question"' in Path("build/r.generated/rejected.jsonl").read_text("utf-8")
        write_recipe(server.url)
        run("generate", "r.yaml")
    assert not Path("build/r.generated/rejected.jsonl").exists()


def test_a_verdict_that_was_asked_for_adds_one_line():
    def reply(body, number):
        stage = stage_of(body)
        if stage == "critique":
            return said("No verdict here.")
        return said("Conclusion: wrong\nSure, happy to help!") if stage == "again" else teaching(body, number)

    with chat_server(reply) as server:
        write_recipe(server.url)
        result = run("generate", "r.yaml")
    assert {row["critique"] for row in triples()} == {"No verdict here.\nConclusion: wrong"}
    assert "critique  20 asked (20 once more), 0 known before" in result.stdout


def test_each_row_counts_once_with_one_model_at_a_time():
    write_recipe("http://127.0.0.1:1/v1")

    class Cut(_Double):
        async def complete(self, request):
            answer = await super().complete(request)
            cut = (request.stage, request.row_id) == ("probe", "r7")
            return Completion("cut", None, "length", 1, 1, None, 0.1, "tiny", "double") if cut else answer

    tally = drive(Cut(one_model=True), loaded())
    assert tally.settled_rows == 20
    assert tally.stages["probe"].done == 20
    assert tally.stages["critique"].done == 19
    assert tally.stages["probe"].failed == {"truncated answer": 1}


def test_a_batch_engine_counts_and_marks_what_cannot_be_used():
    write_recipe("http://127.0.0.1:1/v1", max_failures=8)

    class Cut(_Batches):
        def batch(self, role, requests):
            for request, answer in super().batch(role, requests):
                cut = request.stage == "refine" and request.row_id in ("r1", "r2")
                yield request, Completion("cut", None, "length", 1, 1, None, 0.1, "t", "d") if cut else answer

    generation = loaded()
    tally = drive(Cut(), generation)
    assert tally.settled_rows == 20
    assert tally.stages["refine"].failed == {"truncated answer": 2}
    with Journal(generation.journal, read_only=True) as journal:
        assert {stage.stage: stage.faults for stage in journal.status()} == {
            "probe": {"engine error": 1}, "critique": {}, "refine": {"truncated answer": 2},
        }  # fmt: skip


def test_a_batch_engine_whose_answers_are_all_cut_is_stopped():
    write_recipe("http://127.0.0.1:1/v1", max_failures=8)

    class Cut(_Batches):
        def batch(self, role, requests):
            for request, _ in super().batch(role, requests):
                yield request, Completion("cut", None, "length", 1, 1, None, 0.1, "t", "d")

    engine = Cut()
    with pytest.raises(RecipeError, match=r"stage 'probe' failed 8 times .*truncated answer \(8\)"):
        drive(engine, loaded())
    assert engine.batches == [["student", 20]]


def test_roles_that_share_a_server_keep_their_own_slots():
    write_recipe("http://127.0.0.1:1/v1")

    class Roles(_Double):
        most_of = {"student": 0, "teacher": 0}  # noqa: RUF012
        running_of = {"student": 0, "teacher": 0}  # noqa: RUF012

        def slots(self, role):
            return {"student": 2, "teacher": 6}[role]

        async def complete(self, request):
            self.running_of[request.role] += 1
            self.most_of[request.role] = max(self.most_of[request.role], self.running_of[request.role])
            try:
                return await super().complete(request)
            finally:
                self.running_of[request.role] -= 1

    engine = Roles(seconds=0.002)
    drive(engine, loaded())
    assert engine.most_of["student"] == 2
    assert engine.most <= 6


def test_a_disk_that_cannot_be_synced_stops_the_run(monkeypatch):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    with chat_server(teaching) as server:
        write_recipe(server.url)
        monkeypatch.setattr("cgd_recipes.generation.journal.os.fsync", full)
        result = run("generate", "r.yaml")
    assert result.exit_code == 1
    assert "the journal cannot be written: No space left on device" in result.stderr


def test_no_engine_is_needed_where_the_journal_has_every_answer():
    with chat_server(teaching) as server:
        write_recipe(server.url)
        run("generate", "r.yaml")
    Path("build/r.generated/triples.jsonl").unlink()
    result = run("generate", "r.yaml")
    assert result.exit_code == 0, result.stderr
    assert "rows      20 of 20 complete" in result.stdout
    assert "probe     0 asked, 20 known before" in result.stdout
    assert len(triples()) == 20


@pytest.fixture
def rendered(monkeypatch):
    """How many prompts were rendered, and how many requests hashed."""
    counted = Counter()
    render, hashed = Stage.messages, BoundStage.request

    def count_render(self, row):
        counted["rendered"] += 1
        return render(self, row)

    def count_hash(self, *arguments, **named):
        counted["hashed"] += 1
        return hashed(self, *arguments, **named)

    monkeypatch.setattr(Stage, "messages", count_render)
    monkeypatch.setattr(BoundStage, "request", count_hash)
    return counted


def test_each_prompt_is_rendered_and_hashed_once_in_a_run(rendered):
    broken = True

    def reply(body, number):
        if broken and "question 3?" in json.dumps(body["messages"]) and stage_of(body) == "critique":
            return said("cut sho", finish="length")
        return teaching(body, number)

    with chat_server(reply) as server:
        write_recipe(server.url)
        run("generate", "r.yaml")
        assert rendered == {"rendered": 59, "hashed": 59}  # 20 rows, 3 stages, one of which one row did not come to
        rendered.clear()
        run("generate", "r.yaml")
        assert rendered == {"rendered": 59, "hashed": 59}
        rendered.clear()
        broken = False
        result = run("generate", "r.yaml", "--retry-failed")
        assert rendered == {"rendered": 61, "hashed": 61}  # the failed one again, and what follows
    assert "critique  1 asked, 19 known before" in result.stdout
    assert "rows      20 of 20 complete" in result.stdout


def test_retrying_asks_once_for_rows_of_one_question_and_never_for_what_failed_in_this_run():
    rows = [{"id": f"r{number}", "question": f"What is question {number % 4}?"} for number in range(20)]
    with chat_server(lambda body, number: said("cut", finish="length")) as server:
        write_recipe(server.url, rows, max_failures=100)
        assert run("generate", "r.yaml", "--retry-failed").exit_code == 1
        assert len(server.bodies) == 4
        assert run("generate", "r.yaml", "--retry-failed").exit_code == 1
        assert len(server.bodies) == 8
    assert len(failed()) == 20


def test_a_run_in_which_every_row_fails_exits_1():
    with chat_server(lambda body, number: said("cut", finish="content_filter")) as server:
        write_recipe(server.url)
        result = run("generate", "r.yaml")
        as_json = run("generate", "r.yaml", "--json")
    assert (result.exit_code, as_json.exit_code) == (1, 1)
    assert "failed    20 at probe: finish reason 'content_filter'" in result.stdout
    assert "no row is complete: all 20 failed" in result.stderr
    assert json.loads(as_json.stdout)["complete"] == 0


def test_a_row_whose_answer_was_damaged_is_set_aside_and_asked_for_again():
    with chat_server(teaching) as server:
        write_recipe(server.url)
        run("generate", "r.yaml")
        database = sqlite3.connect("build/r.generated/journal.sqlite")
        database.execute("UPDATE answers SET text = text || '!' WHERE row_id = 'r7' AND stage = 'refine'")
        database.commit()
        database.close()
        assert "failed    1 at refine: damaged in the journal" in run("generate", "r.yaml").stdout
        assert "rows      20 of 20 complete" in run("generate", "r.yaml", "--retry-failed").stdout
        assert len(server.bodies) == 61


def test_what_is_sent_where_is_told_before_anything_is():
    write_recipe("http://127.0.0.1:1/v1")
    settings = [
        "-s",
        "generate.teacher.api_key_env=AWS_SECRET_ACCESS_KEY",
        "-s",
        "generate.teacher.base_urls=[http://a.example/v1, https://b.example/v1]",
    ]
    shown = run("generate", "r.yaml", "--dry-run", *settings).stdout
    for line in (
        "sends     student: prompts to http://127.0.0.1:1/v1, without a key",
        "sends     teacher: prompts to http://a.example/v1, with the key in AWS_SECRET_ACCESS_KEY",
        "sends     teacher: prompts to https://b.example/v1, with the key in AWS_SECRET_ACCESS_KEY",
    ):
        assert line in shown
    assert len(json.loads(run("generate", "r.yaml", "--dry-run", "--json", *settings).stdout)["sends"]) == 3


@pytest.mark.parametrize("url", ["http://[::1/v1", "http://host:99999/v1", "http://a..b/v1"])
@pytest.mark.parametrize("command", ["validate", "generate"])
def test_an_address_that_cannot_be_parsed_is_told_by_validate_too(url, command):
    write_recipe(url)
    result = run(command, "r.yaml")
    assert result.exit_code == 1
    assert "r.yaml:1:" in result.stderr and "'generate.student.base_urls[0]' is no address" in result.stderr


def test_the_home_folder_is_one_in_paths(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    with chat_server(teaching) as server:
        write_recipe(server.url, FEW, output="~/gen", journal="~/deep/j.sqlite")
        assert run("generate", "r.yaml").exit_code == 0
        assert run("render", "r.yaml").exit_code == 0
    assert (tmp_path / "home/gen/triples.jsonl").is_file() and (tmp_path / "home/deep/j.sqlite").is_file()
    assert not Path("~").exists()
    assert run("render", "build/r/recipe.resolved.yaml", "-o", "again").exit_code == 0
    for name in ("~nosuchuser/gen", '"a\\0b"'):
        result = run("generate", "r.yaml", "-s", f"generate.output={name}")
        assert result.exit_code == 1 and result.stderr.startswith("-s generate.output: "), result.output


@pytest.mark.parametrize(
    "change",
    [
        lambda manifest: manifest.pop("made_from"), lambda manifest: manifest.update(rows=[]), lambda manifest: manifest.update(limit="5"),
        lambda manifest: manifest["rows"].pop("failed"), lambda manifest: manifest["rows"].update(complete=None),
        lambda manifest: manifest["rows"].update(failed={"probe": "many"}), lambda manifest: manifest.update(outputs={}),
    ],
)  # fmt: skip
def test_a_damaged_manifest_is_a_message(change):
    with chat_server(teaching) as server:
        write_recipe(server.url, FEW)
        run("generate", "r.yaml")
    path = Path("build/r.generated/manifest.json")
    manifest = json.loads(path.read_text("utf-8"))
    manifest["command"] = "generate"
    change(manifest)
    path.write_text(json.dumps(manifest), encoding="utf-8")
    result = run("render", "r.yaml")
    assert result.exit_code == 1
    assert f"{path}: is damaged" in result.stderr and "run `cgd-recipe generate r.yaml`" in result.stderr
