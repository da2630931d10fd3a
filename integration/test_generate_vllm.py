"""vLLM with a real model on the CPU: as a server, and offline in process."""

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import generating
import pytest

ENGINE = {"dtype": "float32", "enforce_eager": True, "max_model_len": 2048, "block_size": 32}


@pytest.fixture
def server(tmp_path):
    """A vLLM server on a free port of 127.0.0.1; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    flags = ["--dtype", "float32", "--enforce-eager", "--max-model-len", "2048", "--block-size", "32"]
    named = ["--model", str(generating.folder()), "--served-model-name", "smollm2", "--generation-config", "vllm"]
    serve = [sys.executable, "-m", "vllm.entrypoints.openai.api_server", "--host", "127.0.0.1", "--port", str(port)]
    with (
        open(tmp_path / "server.log", "w") as log,
        subprocess.Popen([*serve, *named, *flags], stdout=log, stderr=log) as process,
    ):
        try:
            deadline = time.monotonic() + 300
            while not _healthy(port):
                assert process.poll() is None, (tmp_path / "server.log").read_text()[-3000:]
                assert time.monotonic() < deadline, (tmp_path / "server.log").read_text()[-3000:]
                time.sleep(1)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            process.terminate()


def _healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False


def test_server(tmp_path, server):
    generating.write_recipe(tmp_path, "openai", model="smollm2", base_urls=[server], concurrency=16)
    # vLLM reports cached tokens only where it is started with --enable-prompt-tokens-details.
    calls = generating.generate_and_render(tmp_path, cached=False)
    assert {call["served_model"] for call in calls} == {"smollm2"}


def test_offline(tmp_path):
    model = str(generating.folder())
    generating.write_recipe(tmp_path, "vllm", model=model, concurrency=16, options=ENGINE)
    calls = generating.generate_and_render(tmp_path)
    assert {call["served_model"] for call in calls} == {model}
    separate = _cached_share(calls)
    settings = ["-s", "name=talk", "-s", "generate.style=conversation"]
    generating.run(tmp_path, "generate", "recipe.yaml", "--limit", "8", *settings)
    generating.run(tmp_path, "journal", "export", "recipe.yaml", "-o", "talk.jsonl", *settings)
    conversation = _cached_share(generating.lines(tmp_path / "talk.jsonl"))
    print(f"prompt tokens of refine from the prefix cache: separate {separate:.0%}, conversation {conversation:.0%}")
    assert conversation > separate


def _cached_share(calls: list[dict]) -> float:
    """Share of the prompt tokens of refine that the prefix cache served."""
    refined = [call for call in calls if call["stage"] == "refine"]
    return sum(call["cached_tokens"] for call in refined) / sum(call["prompt_tokens"] for call in refined)


def test_offline_changes_models(tmp_path):
    """Student and teacher that differ are loaded one after the other."""
    generating.write_recipe(tmp_path, "vllm", model=str(generating.folder()), concurrency=16, options=ENGINE)
    teacher = {**ENGINE, "max_model_len": 1024}
    setting = f"generate.teacher.options={teacher}".replace("True", "true").replace("'", "")
    generating.run(tmp_path, "generate", "recipe.yaml", "--limit", "2", "-s", setting)
    triples = generating.lines(tmp_path / "build/small.generated/triples.jsonl")
    failed = generating.lines(tmp_path / "build/small.generated/failed.jsonl")
    assert triples
    assert len(triples) + len(failed) == 2


def test_says_what_is_wrong_with_options(tmp_path):
    generating.write_recipe(tmp_path, "vllm", model=str(generating.folder()), options={"max_modell_len": 2048})
    done = subprocess.run(
        [*generating.CGD_RECIPE, "generate", "recipe.yaml"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "is no vLLM engine argument; did you mean 'max_model_len'?" in done.stderr
    assert "Traceback" not in done.stderr
