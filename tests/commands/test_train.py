"""`cgd-recipe train`: what it runs, and when it refuses. Stand-ins for trainers show environment and exit codes."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from helpers.command import run
from helpers.rows import make_row

from cgd_recipes.commands.main import main
from cgd_recipes.environments.find import find_command, find_interpreter
from cgd_recipes.errors import RecipeError
from cgd_recipes.files.shipped import data_root
from cgd_recipes.trainers.registry import get_trainer

TELL = """#!{python}
import json, os, sys
json.dump({{"argv": sys.argv, "env": dict(os.environ), "cwd": os.getcwd()}}, open(os.environ["TOLD"], "w"))
sys.exit(7)
"""


@pytest.fixture
def stand_in(tmp_path, monkeypatch):
    """Put a stand-in for a trainer's command into a folder of its own, out of PATH."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOLD", str(tmp_path / "told.json"))

    def put(command: str, text: str = TELL) -> Path:
        script = tmp_path / "trainer" / "bin" / command
        script.parent.mkdir(parents=True, exist_ok=True)
        script.write_text(text.format(python=sys.executable))
        script.chmod(0o755)
        return script.parent

    return put


def start(*arguments, **options):
    command = [sys.executable, "-m", "cgd_recipes", "train", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


def told(tmp_path):
    return json.loads((tmp_path / "told.json").read_text())


ONE_GPU = ("-s", "launch.gpus_per_node=1", "-s", "data.sample=64")


@pytest.mark.processes
def test_it_renders_then_becomes_the_trainer(stand_in, tmp_path, monkeypatch):
    monkeypatch.setenv("CGD_TRAINER_BIN", str(stand_in("axolotl")))
    monkeypatch.setenv("DO_NOT_TRACK", "yes")
    monkeypatch.setenv("GPUS_PER_NODE", "1")
    monkeypatch.setenv("MASTER_ADDR", "first")
    process = start("qwen-cgd", *ONE_GPU, "--", "--max-steps", "3")
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 7, errors
    assert "written   build/qwen-cgd/" in output
    assert "bash build/qwen-cgd/launch.sh --max-steps 3\n" in output
    seen = told(tmp_path)
    assert seen["cwd"] == str(tmp_path / "build/qwen-cgd")
    assert seen["argv"][1:7] == ["train", "axolotl.yaml", "--max-steps", "3", "--launcher", "torchrun"]
    environment = seen["env"]
    assert environment["PATH"].split(os.pathsep)[0] == str(tmp_path / "trainer/bin")
    assert environment["AXOLOTL_DO_NOT_TRACK"] == "1"
    assert environment["MASTER_ADDR"] == "first"
    assert "HF_HUB_OFFLINE" not in environment


def test_a_local_student_is_trained_offline(stand_in, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", f"{stand_in('axolotl')}{os.pathsep}{os.environ['PATH']}")
    (tmp_path / "student").mkdir()
    (tmp_path / "student/config.json").write_text('{"model_type": "qwen2", "max_position_embeddings": 4096}')
    result = run("train", "qwen-cgd", "-s", "student=student", "--dry-run")
    assert "HF_HUB_OFFLINE=1 HF_DATASETS_OFFLINE=1 PATH=" in result.stdout, result.output
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    assert "HF_HUB_OFFLINE" not in run("train", "qwen-cgd", "-s", "student=student", "--dry-run").stdout


@pytest.mark.parametrize(
    ("setting", "command", "line"),
    [
        (
            "train.trainer=axolotl",
            "axolotl",
            "axolotl train axolotl.yaml --max-steps 3 --launcher torchrun -- --standalone",
        ),
        ("train.trainer=torchtune", "tune", "full_finetune_distributed --config torchtune.yaml --max-steps 3"),
    ],
)
def test_a_dry_run_prints_the_commands_and_leaves_nothing(
    stand_in, tmp_path, monkeypatch, capfd, setting, command, line
):
    monkeypatch.setenv("CGD_TRAINER_BIN", str(stand_in(command)))
    monkeypatch.setattr("cgd_recipes.trainers.torchtune.trainer.can_import", lambda python, module: True)
    with pytest.raises(SystemExit) as end:
        main(["train", "qwen-cgd", "-s", setting, "--dry-run", "--", "--max-steps", "3"])
    printed = capfd.readouterr().out
    assert end.value.code == 0
    assert f'PATH={tmp_path}/trainer/bin:"$PATH" bash build/qwen-cgd/launch.sh --max-steps 3\n' in printed
    assert line in printed.splitlines()[-1]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["trainer"]


@pytest.mark.processes
def test_a_rendered_folder_is_trained_as_it_is(stand_in, tmp_path, monkeypatch):
    monkeypatch.setenv("CGD_TRAINER_BIN", str(stand_in("axolotl")))
    monkeypatch.setenv("GPUS_PER_NODE", "8")
    assert run("render", "qwen-cgd", "-o", "out").exit_code == 0
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")}
    for arguments in (["out"], ["qwen-cgd", "-o", "out"]):
        process = start(*arguments)
        output, errors = process.communicate(timeout=60)
        assert process.returncode == 7, errors
        assert output.startswith("AXOLOTL_DO_NOT_TRACK=1")
        assert told(tmp_path)["cwd"] == str(tmp_path / "out")
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")} == before


@pytest.mark.processes
@pytest.mark.parametrize("folder", ["-x", "out"])
def test_the_folder_that_was_named_is_trained_and_no_other(folder, stand_in, tmp_path, monkeypatch):
    """bash takes -x for an option, and with CDPATH its cd prefers a folder of that name elsewhere."""
    monkeypatch.setenv("CGD_TRAINER_BIN", str(stand_in("axolotl")))
    assert run("render", "qwen-cgd", f"-o{folder}", "-s", "data.sample=64").exit_code == 0
    shutil.copytree(tmp_path / folder, tmp_path / "elsewhere" / folder)
    monkeypatch.setenv("CDPATH", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GPUS_PER_NODE", "8")
    process = start(f"./{folder}")
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 7, (output, errors)
    assert told(tmp_path)["cwd"] == str(tmp_path / folder)


def test_a_folder_of_another_recipe_is_refused(stand_in, tmp_path, monkeypatch):
    monkeypatch.setenv("CGD_TRAINER_BIN", str(stand_in("axolotl")))
    assert run("render", "qwen-cgd").exit_code == 0
    result = run("train", "qwen-cgd", "-s", "train.learning_rate=5e-6", "-s", "data.sample=3")
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "-s data.sample: 'data.sample' is 3, but build/qwen-cgd was rendered with nothing; render again, or choose "
        "another folder with -o",
        "-s train.learning_rate: 'train.learning_rate' is 5e-06, but build/qwen-cgd was rendered with 1e-06; render "
        "again, or choose another folder with -o",
    ]
    assert not (tmp_path / "told.json").exists()


def own_recipe(folder):
    """A recipe with a family, a method and rows of its own."""
    folder.mkdir()
    family = (data_root() / "recipes/families/qwen.yaml").read_text()
    (folder / "family.yaml").write_text(family.replace("name: qwen", "name: mine"))
    (folder / "base.yaml").write_text("extends: sft\nname: base\ndescription: a base\n")
    (folder / "method.yaml").write_text("extends: base.yaml\nname: mine\ndescription: my own\n")
    (folder / "rows.jsonl").write_text("".join(json.dumps(make_row(number)) + "\n" for number in range(70)))
    own = {"name": "mine", "family": "./family.yaml", "method": "./method.yaml", "data": {"source": "rows.jsonl"}}
    (folder / "mine.yaml").write_text(json.dumps({"extends": "qwen-cgd", **own}))


@pytest.mark.parametrize(
    ("file", "key"),
    [("family.yaml", "family"), ("base.yaml", "method"), ("method.yaml", "method"), ("rows.jsonl", "data")],
)
def test_a_folder_of_files_that_have_changed_is_refused(stand_in, tmp_path, monkeypatch, file, key):
    monkeypatch.setenv("CGD_TRAINER_BIN", str(stand_in("axolotl")))
    monkeypatch.setenv("GPUS_PER_NODE", "8")
    own_recipe(tmp_path / "own")
    assert run("render", "own/mine.yaml").exit_code == 0
    assert run("train", "own/mine.yaml", "--dry-run").exit_code == 0
    with open(tmp_path / "own" / file, "a") as handle:
        handle.write("\n")
    result = run("train", "own/mine.yaml")
    assert result.exit_code == 1
    assert result.stderr.startswith("own/mine.yaml:1:")
    message = f": '{file}' has changed since build/mine was rendered; render again, or choose another folder with -o\n"
    assert result.stderr.endswith(message)
    # As it was rendered it can still be trained.
    assert run("train", "build/mine", "--dry-run").exit_code == 0


@pytest.mark.processes
def test_a_rendered_folder_is_trained_without_what_it_was_rendered_from(stand_in, tmp_path, monkeypatch):
    monkeypatch.setenv("CGD_TRAINER_BIN", str(stand_in("axolotl")))
    monkeypatch.setenv("GPUS_PER_NODE", "8")
    own_recipe(tmp_path / "own")
    assert run("render", "own/mine.yaml").exit_code == 0
    (tmp_path / "own/rows.jsonl").unlink()
    assert run("train", "build/mine/recipe.resolved.yaml", "--dry-run").exit_code == 0
    shutil.rmtree(tmp_path / "own")
    (tmp_path / "build/mine").rename(tmp_path / "elsewhere")
    process = start("elsewhere")
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 7, errors
    assert told(tmp_path)["cwd"] == str(tmp_path / "elsewhere")


def test_changed_files_are_refused(stand_in, tmp_path, monkeypatch):
    monkeypatch.setenv("CGD_TRAINER_BIN", str(stand_in("axolotl")))
    assert run("render", "qwen-cgd").exit_code == 0
    folder = tmp_path / "build/qwen-cgd"
    with open(folder / "axolotl.yaml", "a") as handle:
        handle.write("max_steps: 3\n")
    (folder / "deepspeed/zero2.json").unlink()
    result = run("train", "build/qwen-cgd")
    assert result.exit_code == 1
    cure = "put the change into the recipe, then render again with --force"
    assert result.stderr.splitlines() == [
        f"build/qwen-cgd/axolotl.yaml: was changed since it was rendered; {cure}",
        f"build/qwen-cgd/deepspeed/zero2.json: is missing; {cure}",
    ]
    (folder / "manifest.json").write_text("{}")
    assert "is damaged" in run("train", "qwen-cgd").stderr


def test_no_trainer(stand_in, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    result = run("train", "qwen-cgd")
    assert result.exit_code == 1
    assert "axolotl is not installed here: pip install 'cgd-recipes[axolotl]', or" in result.stderr
    monkeypatch.setenv("CGD_TRAINER_BIN", str(tmp_path))
    assert f"CGD_TRAINER_BIN: there is no 'axolotl' in {tmp_path}" in run("train", "qwen-cgd").stderr
    assert not (tmp_path / "build").exists()


def test_torchtune_needs_our_tokenizers(stand_in, monkeypatch):
    monkeypatch.delenv("PYTHONPATH", raising=False)
    folder = stand_in("tune", "#!/bin/sh\n")
    (folder / "python").write_text(f'#!/bin/sh\nexec {sys.executable} -S "$@"\n')
    (folder / "python").chmod(0o755)
    monkeypatch.delenv("PYTHONPATH", raising=False)  # its folders may have it
    monkeypatch.setenv("CGD_TRAINER_BIN", str(folder))
    monkeypatch.delenv("PYTHONPATH", raising=False)  # the package may be found by it
    result = run("train", "qwen-cgd", "-s", "train.trainer=torchtune", "--dry-run")
    assert result.exit_code == 1
    assert result.stderr.startswith(f"{folder}/python: has no cgd_recipes")


SLEEPS = """#!{python}
import os, signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(5))
try:
    with open(os.environ["TOLD"], "w") as told:
        told.write(str(os.getpid()))
    time.sleep(60)
except KeyboardInterrupt:
    time.sleep(0.3)
    sys.exit(6)
"""


@pytest.mark.processes
@pytest.mark.parametrize("adapter", ["none", "lora"])
@pytest.mark.parametrize(("name", "code"), [("SIGINT", 6), ("SIGTERM", 5)])
def test_a_signal_ends_the_trainer(stand_in, tmp_path, monkeypatch, name, code, adapter):
    monkeypatch.setenv("CGD_TRAINER_BIN", str(stand_in("axolotl", SLEEPS)))
    monkeypatch.setenv("GPUS_PER_NODE", "8")
    # With an adapter, the launch script waits for the trainer, in order to merge what it trained.
    process = start("qwen-cgd", "-s", f"train.adapter={adapter}", start_new_session=True)
    while not (tmp_path / "told.json").exists() or not (tmp_path / "told.json").read_text():
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    trainer = int((tmp_path / "told.json").read_text())
    # Ctrl-C goes to all processes of the terminal; a supervisor's signal to the one that it started.
    (os.killpg if name == "SIGINT" else os.kill)(process.pid, getattr(signal, name))
    process.communicate(timeout=20)
    assert process.returncode == code
    with pytest.raises(ProcessLookupError):
        os.kill(trainer, 0)


AXOLOTL = get_trainer("axolotl").tool


def test_the_interpreter_of_a_command(stand_in, tmp_path, monkeypatch):
    folder = stand_in("axolotl", "#!/bin/sh\n'''exec' x\n")
    (folder / "python").symlink_to(sys.executable)
    (tmp_path / "links").mkdir()
    (tmp_path / "links/axolotl").symlink_to(folder / "axolotl")
    monkeypatch.setenv("PATH", f"{tmp_path / 'links'}{os.pathsep}{os.environ['PATH']}")
    assert find_command(AXOLOTL, Path("recipe")) == folder / "axolotl"
    assert find_interpreter(AXOLOTL, Path("recipe")) == str(folder / "python")
    (folder / "python").unlink()
    with pytest.raises(RecipeError, match="does not say which Python runs it"):
        find_interpreter(AXOLOTL, Path("recipe"))
