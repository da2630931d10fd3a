"""What is printed, wherever it goes: closed streams, few characters, and text that would steer a terminal."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.command import run

HOSTILE = "\x1b[2J\x9b31m\u202e\r\nfake: ok\u2028\u3164"
ROW = {
    "id": "é☃😀",
    "question": "é☃😀?",
    "answer": "1",
    "student_response": "1",
    "critique": "Conclusion: right",
    "refined_response": "1",
}
RECIPE = "extends: llama-cgd\nname: r\ndescription: é☃😀\ndata: {source: rows.jsonl}\nlaunch: {gpus_per_node: 1}\n"


@pytest.fixture(autouse=True)
def in_folder_with_a_recipe(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    Path("rows.jsonl").write_text(json.dumps(ROW, ensure_ascii=False) + "\n", encoding="utf-8")
    Path("r.yaml").write_text(RECIPE, encoding="utf-8")


def program(*arguments, closed="", **environment):
    """The command in a process of its own, with streams closed by the shell: `>&-`."""
    command = [sys.executable, "-m", "cgd_recipes", *arguments]
    shell = ["bash", "-c", f'exec "$@" {closed}', "bash"] if closed else []
    return subprocess.run([*shell, *command], capture_output=True, env={**os.environ, **environment}, check=False)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "ascii:strict"])
@pytest.mark.parametrize("arguments", [("preview", "r.yaml"), ("show", "r.yaml"), ("show", "r.yaml", "--json")])
def test_characters_that_the_output_does_not_know(encoding, arguments):
    done = program(*arguments, PYTHONIOENCODING=encoding)
    assert (done.returncode, done.stderr) == (0, b"")
    if "--json" in arguments:
        assert (
            json.loads(done.stdout.decode("utf-8" if "ascii" in encoding else encoding))["description"]["value"]
            == "é☃😀"
        )


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", "<&- >&- 2>&-"])
def test_closed_streams_change_nothing_of_what_is_written(closed):
    assert run("report", "--paper", "-o", "whole").exit_code == 0
    assert program("report", "--paper", "-o", "out", closed=closed).returncode == 0
    files = sorted(path.name for path in Path("whole").iterdir())
    assert sorted(path.name for path in Path("out").iterdir()) == files
    for name in files:
        assert Path("out", name).read_bytes() == Path("whole", name).read_bytes()


@pytest.mark.parametrize(
    "arguments",
    [("validate", "r.yaml", HOSTILE), (HOSTILE,), ("validate", f"--{HOSTILE}"), ("run", "r.yaml", "--from", HOSTILE),
     ("preview", "r.yaml", "--row", HOSTILE), ("tasks", "check", "--data", HOSTILE)],
)  # fmt: skip
def test_what_was_typed_does_not_steer_the_terminal(arguments):
    result = run(*arguments)
    assert result.exit_code == 2
    assert not set("\x1b\x9b\u202e\r\u2028\u3164") & set(result.output)
    assert "\nfake" not in result.output


def test_a_command_that_is_told_to_end_leaves_nothing_behind(tmp_path):
    Path("scratch").mkdir()
    # It stops where the rows are read, with what it keeps in between on the disk.
    waits = (
        "import cgd_recipes.rendering.inspect as inspect, signal, os\n"
        "from cgd_recipes.commands.main import main\n"
        "whole = inspect.open_source\n"
        "def stop(*given):\n    os.kill(os.getpid(), signal.SIGTERM)\n    return whole(*given)\n"
        "inspect.open_source = stop\n"
        "main(['inspect', 'r.yaml', '-o', 'out'])\n"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path / "scratch")}
    done = subprocess.run([sys.executable, "-c", waits], capture_output=True, env=environment, check=False)
    assert (done.returncode, done.stderr) == (130, b"\ninterrupted\n")
    assert os.listdir("scratch") == []
    assert not Path("out").exists()


def test_no_arguments_show_the_help():
    result = run()
    assert result.exit_code == 2
    assert "Commands:" in result.output
    assert "Error" not in result.output


@pytest.mark.parametrize("setting", ["description=a\udcff", "data.source=a\udcff.jsonl", "name=\udcff"])
def test_settings_that_are_not_utf8(setting):
    result = run("show", "r.yaml", "-s", setting)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"-s {setting.partition('=')[0]}: holds bytes that are not UTF-8")


def test_rows_in_a_folder_of_any_name():
    folder = Path("😀 \u0085")
    folder.mkdir()
    Path("rows.jsonl").rename(folder / "rows.jsonl")
    result = run("inspect", folder / "rows.jsonl", "-o", "out")
    assert result.exit_code == 0, result.output


def test_a_card_is_not_steered_by_names():
    name = "t`|\x1b[2J\n---\nlicense: mit"
    Path("r.yaml").write_text(RECIPE + f"teacher: {json.dumps(name)}\n", encoding="utf-8")
    assert run("render", "r.yaml", "-o", "out").exit_code == 0
    card = Path("out/data/README.md").read_text(encoding="utf-8")
    assert "\x1b" not in card
    assert "\nlicense: mit" not in card
