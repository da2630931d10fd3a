"""Servers that a recipe starts for the time of a generation, and students that were trained anew."""

import json
import os
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from helpers.chat_server import chat_server, teaching

from cgd_recipes.errors import RecipeError
from cgd_recipes.generation.serve import log_of, serving
from cgd_recipes.generation.settings import load_generation
from cgd_recipes.recipe.resolve import load_recipe
from cgd_recipes.rendering.check import recipe_disclosures
from cgd_recipes.trainers.plan import make_plan

pytestmark = pytest.mark.processes

SERVER = """
import http.server, os, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(b"{}")
print(os.getpid(), sys.argv[2], flush=True)
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("server.py").write_text(SERVER)
    Path("rows.jsonl").write_text('{"question": "?"}\n')


@pytest.fixture
def port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def generation_of(port, command=None, **settings):
    url = f"http://127.0.0.1:{port}/v1"
    command = command or [sys.executable, "server.py", str(port), "{model}"]
    role = {"base_urls": [url], "serve": command}
    section = {"student": role, "teacher": {"base_urls": [url]}, **settings}
    recipe = {
        "extends": ["qwen-cgd", "base/generate"],
        "name": "r",
        "data": {"source": "rows.jsonl"},
        "generate": section,
    }
    Path("r.yaml").write_text(json.dumps(recipe))
    return load_generation(make_plan(load_recipe("r.yaml")))


def is_alive(process):
    with suppress(ProcessLookupError):
        os.kill(process, 0)
        return True
    return False


def test_it_answers_while_the_block_runs_and_is_gone_after_it(port):
    generation, told = generation_of(port), []
    with serving(generation, told.append):
        process, model = log_of(generation, "student").read_text().splitlines()[0].split()
        assert is_alive(int(process))
        assert model == "Qwen/Qwen2.5-Math-7B"
    while is_alive(int(process)):
        time.sleep(0.01)
    assert told[0].startswith("student: started ")


def test_its_output_goes_behind_what_is_there_and_through_no_link(port):
    generation = generation_of(port)
    log = log_of(generation, "student")
    log.parent.mkdir(parents=True)
    log.write_text("mine\n")
    with serving(generation):
        pass
    assert log.read_text().startswith("mine\n")
    assert len(log.read_text().splitlines()) > 1
    log.rename("mine.log")
    log.symlink_to(Path("mine.log").absolute())
    with pytest.raises(OSError, match="is a link"), serving(generation):
        pass


def test_it_is_gone_after_a_mistake(port):
    generation = generation_of(port)
    with pytest.raises(ZeroDivisionError), serving(generation):
        process = int(log_of(generation, "student").read_text().split()[0])
        raise ZeroDivisionError
    assert not is_alive(process)


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (["no-such-program"], "cannot start 'no-such-program': No such file or directory"),
        (
            [sys.executable, "-c", "raise SystemExit(3)"],
            "the student's server ended with exit code 3 before it answered; see ",
        ),
    ],
)
def test_a_command_that_serves_nothing(port, command, message):
    with pytest.raises(RecipeError) as caught, serving(generation_of(port, command)):
        pass
    assert message in str(caught.value)
    assert str(caught.value).startswith("r.yaml:1:")


def test_two_servers_at_one_address(port):
    url, command = f"http://127.0.0.1:{port}/v1", [sys.executable, "server.py", str(port), "x"]
    roles = {role: {"base_urls": [url], "serve": command} for role in ("student", "teacher")}
    generation = generation_of(port, **roles)
    with pytest.raises(RecipeError, match="the servers of student and teacher would both be at"), serving(generation):
        pass


def test_no_answer_in_time(port):
    generation = generation_of(port, [sys.executable, "-c", "import time; time.sleep(60)"], timeout=0.1)
    with pytest.raises(RecipeError, match="does not answer at"), serving(generation):
        pass


def test_another_server_at_the_address_is_not_asked_in_its_place():
    with chat_server(teaching) as other:
        generation = generation_of(int(other.url.split(":")[2].split("/")[0]))
        with pytest.raises(RecipeError) as caught, serving(generation):
            pass
    assert f"something answers at {other.url} already; end it, or leave 'generate.student.serve' out" in str(
        caught.value
    )


def test_a_recipe_that_starts_a_program_says_so(port):
    plan = generation_of(port).plan
    assert any(
        "'generate.student.serve' is" in str(one) and str(one).startswith("runs code")
        for one in recipe_disclosures(plan, {})
    )


def test_an_engine_in_process_has_no_server(port):
    with pytest.raises(RecipeError, match=r"'generate\.student\.serve' is for engine openai"):
        generation_of(port, engine="vllm")


def test_a_student_that_was_trained_anew_is_another():
    """Its folder is the same, and what it was asked before says nothing of it."""

    def key():
        command = {
            "student": {"base_urls": ["http://127.0.0.1:1/v1"], "serve": ["x"], "model": str(Path("model").resolve())}
        }
        generation = generation_of(1, **command)
        return generation.stages[0].request("r1", []).key, generation.describe()["probe"]["state"]

    Path("model").mkdir()
    Path("model/model.safetensors").write_bytes(b"\0" * 3_000_000)
    before = key()
    os.utime("model/model.safetensors", (1, 1))
    assert key() == before
    Path("model/model.safetensors").write_bytes(b"\0" * 2_999_999 + b"\1")
    after = key()
    assert all(one != other for one, other in zip(before, after, strict=True))
