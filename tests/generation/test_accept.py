"""Exactly N rows: `generate.accept`, its budget, and several answers to one question."""

import asyncio
import json
import random
from contextlib import closing
from pathlib import Path

import pytest
from helpers.chat_server import chat_server, said, stage_of
from helpers.command import run
from helpers.lists import some

from cgd_recipes.errors import RecipeError
from cgd_recipes.generation.acceptance import Acceptance, End
from cgd_recipes.generation.engines.protocol import Completion, RequestFailed
from cgd_recipes.generation.journal import Journal
from cgd_recipes.generation.outcomes import Outcomes
from cgd_recipes.generation.recorder import Recorder
from cgd_recipes.generation.scheduler import run_stages
from cgd_recipes.generation.settings import load_generation
from cgd_recipes.generation.tally import Tally
from cgd_recipes.recipe.resolve import load_recipe
from cgd_recipes.trainers.plan import make_plan

ROWS = [{"id": f"r{number}", "question": f"What is {number} + {number}?", "answer": str(2 * number)} for number in range(40)]  # fmt: skip
TAKEN = [f"r{number}" for number in range(40) if number % 3 == 0 and number != 9]
"""Rows that the judge below takes; r9 fails."""


@pytest.fixture(autouse=True)
def in_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def write_recipe(url="http://127.0.0.1:1/v1", data=None, student=None, **generate):
    Path("rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS), encoding="utf-8")
    role = {"model": "tiny", "base_urls": [url], "max_tokens": 50, "concurrency": 4}
    section = {"student": role | (student or {}), "teacher": role, "max_attempts": 1, "accept": {}, **generate}
    recipe = {"extends": ["llama-cgd", "base/generate"], "name": "r", "generate": section}
    Path("r.yaml").write_text(json.dumps({**recipe, "data": {"source": "rows.jsonl", **(data or {})}}))


def loaded():
    return load_generation(make_plan(load_recipe("r.yaml")))


class Thirds:
    """Takes every third row."""

    def __init__(self):
        self.judged, self.counted = [], 0

    def judge(self, rows, whole):
        self.judged += [row["id"] for row in rows]
        assert all(not is_whole or "refined_response" in row for row, is_whole in zip(rows, whole, strict=True))
        return ["" if int(row["id"][1:].partition("#")[0]) % 3 == 0 else "no third" for row in rows]

    def count(self, rows):
        self.counted += rows

    def figures(self):
        return {}

    def warnings(self):
        return []


class Stopped(Exception):
    """What ends a run in its middle. A KeyboardInterrupt of a task would end pytest, too."""


class Engine:
    """Answers in an order that a seed decides; it can break off after some requests. r9 always fails."""

    def __init__(self, seed=0, slots=4, one_model=False, breaks=None, tokens=10):
        self.one_model, self._slots, self._dice, self._breaks = one_model, slots, random.Random(seed), breaks
        self.asked, self._tokens = [], tokens

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        pass

    async def switch(self, role):
        pass

    def slots(self, role):
        return self._slots

    async def complete(self, request):
        self.asked.append((request.stage, request.row_id))
        if self._breaks is not None and len(self.asked) > self._breaks:
            raise Stopped
        for _ in range(self._dice.randrange(30)):
            await asyncio.sleep(0)
        return answer(request, self._tokens)


class Batches:
    """The same for whole stages."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def batch(self, role, requests):
        for request in list(requests):
            try:
                yield request, answer(request)
            except RequestFailed as failure:
                yield request, failure


def answer(request, tokens=10):
    if request.row_id == "r9":
        raise RequestFailed("HTTP 500")
    text = "wrong.\nConclusion: wrong" if request.stage == "critique" else f"{request.stage} {request.sampling.seed}"
    return Completion(text, None, "stop", tokens, tokens, None, 0.1, "tiny", "engine")


def drive(engine, target=6, rows=ROWS, judge=None):
    """What is accepted, in the order of the rows."""
    generation = loaded()
    with Journal(generation.journal) as journal, closing(Outcomes()) as outcomes:
        acceptance = Acceptance(generation, outcomes, judge or Thirds(), len(rows), target)
        recorder = Recorder(generation, journal, Tally(generation, len(rows)), acceptance)
        run_stages(recorder, engine, rows)
        taken = [
            row["id"]
            for number, row in enumerate(acceptance.decided(rows))
            if not acceptance.fate(number, outcomes.get(number))
        ]
    return taken, acceptance


@pytest.mark.parametrize(
    "engine", [Engine(1), Engine(2), Engine(3, slots=1), Engine(4, slots=64), Engine(5, one_model=True), Batches()]
)
def test_the_first_of_the_draw_are_taken_whoever_answers_first(engine):
    write_recipe()
    judge = Thirds()
    taken, acceptance = drive(engine, judge=judge)
    assert taken == TAKEN[:6] == ["r0", "r3", "r6", "r12", "r15", "r18"]
    assert (acceptance.judged, acceptance.accepted, acceptance.end) == (19, 6, End.ACCEPTED)
    assert judge.judged[:19] == [f"r{number}" for number in range(19)]
    assert judge.counted == 19
    assert acceptance.reasons == {"no third": 12}


@pytest.mark.parametrize("breaks", some([7, 0, 1, 20, 33, 50], every=3))
def test_stopped_and_resumed_the_rows_are_the_same(breaks):
    write_recipe()
    with pytest.raises(Stopped):
        drive(Engine(breaks, slots=8, breaks=breaks))
    again = Engine(99, slots=3)
    taken, acceptance = drive(again)
    assert taken == TAKEN[:6]
    assert acceptance.judged == 19
    unbroken = Engine(7)
    assert drive(unbroken)[0] == TAKEN[:6]
    assert unbroken.asked == []  # the journal has all that is needed


def test_only_so_many_are_asked_ahead_as_are_likely_to_be_needed():
    write_recipe()
    engine = Engine(slots=64)
    drive(engine, target=2)
    # Two are wanted, and the fourth row is the second that is taken.
    assert len({row for _, row in engine.asked}) <= 6


def test_the_source_ends_before_there_are_enough():
    write_recipe()
    taken, acceptance = drive(Engine(), target=30)
    assert taken == TAKEN
    assert (acceptance.judged, acceptance.end) == (40, End.SOURCE)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_budget_is_counted_in_the_order_of_the_draw(seed):
    # A row costs 3 x 20 tokens, and r9 nothing: 11 rows fit, r9 on top.
    write_recipe(accept={"budget": {"tokens": 700}})
    engine = Engine(seed, slots=2)
    taken, acceptance = drive(engine)
    assert taken == ["r0", "r3", "r6"]
    assert (acceptance.judged, acceptance.end) == (12, End.BUDGET)
    assert sum(tokens["completion"] for tokens in acceptance.as_json()["tokens"].values()) == 330
    # What is in flight when it is spent comes on top, and no more.
    assert len(engine.asked) <= 3 * (12 + 2)


def test_a_budget_of_money_goes_by_the_prices():
    price = {"prompt": 1_000, "completion": 2_000}
    write_recipe(accept={"budget": {"cost": 0.2}}, student={"price": price}, teacher={**loaded_role(), "price": price})
    taken, acceptance = drive(Engine())
    # A row costs 3 x (10 x 0.001 + 10 x 0.002).
    assert (acceptance.judged, acceptance.end, taken) == (2, End.BUDGET, ["r0"])


def loaded_role():
    return {"model": "tiny", "base_urls": ["http://127.0.0.1:1/v1"], "max_tokens": 50, "concurrency": 4}


def test_a_budget_has_an_end_where_the_engine_reports_no_tokens():
    write_recipe(accept={"budget": {"tokens": 1_500}})
    _, acceptance = drive(Engine(tokens=None), target=None)
    assert acceptance.end is End.BUDGET
    assert 0 < acceptance.judged < 40


def test_a_run_that_accepts_nothing_is_stopped():
    write_recipe(max_failures=12)

    class Never(Thirds):
        def judge(self, rows, whole):
            return ["never" for _ in rows]

    with pytest.raises(RecipeError, match=r"none of the first 12 rows is accepted: never \(11\)"):
        drive(Engine(slots=64), judge=Never())


def tutoring(body, number):
    """The student is right on even numbers; the teacher makes a multiple of three wrong."""
    text = json.dumps(body["messages"])
    asked = int(text.partition("What is ")[2].partition(" +")[0])
    right = asked % 2 == 0
    return {
        "probe": said(f"The answer is {2 * asked if right else 1}."),
        "critique": said(f"Look again.\nConclusion: {'right' if right else 'wrong'}"),
        "refine": said(f"So the answer is {1 if asked % 3 == 0 else 2 * asked}."),
    }[stage_of(body)]


def test_rows_are_accepted_by_the_evaluations_grader_and_the_selection_is_shown():
    with chat_server(tutoring) as server:
        write_recipe(
            server.url, {"sample": 8}, max_failures=30,
            accept={"refined_right": True, "require": ["verdict_accuracy"], "decontaminate": {"against": ["held.jsonl"]}},
        )  # fmt: skip
        Path("held.jsonl").write_text('{"question": "Which of 12 birds is the largest one in the garden?"}\n')
        result = run("generate", "r.yaml", "--json")
        assert result.exit_code == 0, result.output
        asked = len(server.bodies)
        before = {file.name: file.read_bytes() for file in Path("build/r.generated").glob("*.json*")}
        assert run("generate", "r.yaml").exit_code == 0
        assert len(server.bodies) == asked
    assert before == {file.name: file.read_bytes() for file in Path("build/r.generated").glob("*.json*")}
    summary = json.loads(result.stdout)
    made = [json.loads(line) for line in Path("build/r.generated/triples.jsonl").read_text().splitlines()]
    refused = [json.loads(line) for line in Path("build/r.generated/not_accepted.jsonl").read_text().splitlines()]
    assert len(made) == summary["complete"] == 8
    assert all(row["refined_response"] == f"So the answer is {row['answer']}." for row in made)
    assert {row["reason"] for row in refused} == {"refined_right: its final answer is wrong"}
    drawn = 8 + len(refused)
    figures = json.loads(Path("build/r.generated/manifest.json").read_text())["acceptance"]["figures"]
    assert figures["refined_accuracy"] == {"drawn": [8, drawn], "accepted": [8, 8]}
    rights = sum(int(row["id"][1:]) % 2 == 0 for row in made)
    assert figures["student_accuracy"]["accepted"] == [rights, 8]
    assert "accepting by correctness selects questions" in result.stderr
    assert f"of {drawn:,} rows that were drawn" in result.stderr
    rendered = run("render", "r.yaml")
    assert rendered.exit_code == 0, rendered.output
    assert "accepting by correctness selects questions" in rendered.stderr
    card = Path("build/r/data/README.md").read_text()
    assert "| refine | `tiny` | temperature 0.0, at most 50 tokens |" in card
    assert "Source: `triples.jsonl`" in card
    assert str(Path.cwd()) not in card  # it may go to the hub
    Path("elsewhere").mkdir()
    assert run("render", "build/r/recipe.resolved.yaml", "-o", "elsewhere/again").exit_code == 0
    assert f"- {Path('held.jsonl').resolve()}" in Path("build/r/recipe.resolved.yaml").read_text()
    stale = run("render", "r.yaml", "-s", "generate.accept.refined_right=false")
    assert "'generate.accept.refined_right' was true" in stale.stderr


def test_a_source_of_which_nothing_is_accepted_is_an_error():
    with chat_server(tutoring) as server:
        write_recipe(server.url, accept={"require": ["good_critiques"]})
        result = run("generate", "r.yaml")
    assert result.exit_code == 1
    assert "r.yaml: none of 40 rows is accepted" in result.stderr
    assert "not used  40: require: 'good_critiques' cannot be told" in result.stdout


def test_the_summary_and_the_dry_run_say_that_more_may_be_drawn():
    with chat_server(tutoring) as server:
        write_recipe(server.url, {"sample": 4}, accept={"leakage": "drop", "shape": {"speaks": "drop"}})
        shown = run("generate", "r.yaml", "--dry-run").stdout
        assert "rows      4, of which 0 are done" in shown
        assert "rows that generate.accept does not take are replaced" in shown
        result = run("generate", "r.yaml")
    assert "rows      4 accepted of 4 drawn; data.sample rows are accepted" in result.stdout
    assert "easier" not in result.stderr


def test_the_student_is_asked_several_times_and_repeats_are_dropped():
    def reply(body, number):
        # Of three answers to a question, the second repeats the first.
        text = json.dumps(body["messages"])
        number = text.partition("What is ")[2].partition(" +")[0]
        if stage_of(body) == "probe":
            assert body["temperature"] == 0.7
            return said(f"{number}: answer {[1, 1, 2][body['seed'] - 42]}")
        return tutoring(body, number)

    with chat_server(reply) as server:
        write_recipe(server.url, {"sample": 6}, {"samples": 3, "temperature": 0.7}, accept=None)
        result = run("generate", "r.yaml")
        assert result.exit_code == 0, result.output
        # Two questions: three answers of the student, and two of the teacher for each that differs.
        assert len(server.bodies) == 2 * (3 + 2 * 2)
        triples = [json.loads(line) for line in Path("build/r.generated/triples.jsonl").read_text().splitlines()]
        assert [row["id"].partition("#")[2] for row in triples] == ["0", "2", "0", "2"]
        assert "not used  2: the student gave this answer to the question before" in result.stdout
        assert "rows      4 of 6 complete" in result.stdout
        manifest = json.loads(Path("build/r.generated/manifest.json").read_text())
        assert manifest["rows"]["not_accepted"] == {"the student gave this answer to the question before": 2}
        write_recipe(server.url, {"sample": 6}, {"samples": 3, "temperature": 0.7}, accept={})
        assert "6 accepted of 9 drawn" in run("generate", "r.yaml").stdout
    rendered = run("render", "r.yaml")
    assert "3 of 9 rows were not accepted: the student gave this answer to the question before (3)" in rendered.stderr
