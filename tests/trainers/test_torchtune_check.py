"""Each file of tests/cases/torchtune is a case: ok/ is clean, err/ changes a file of ok/ and names what is found."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from helpers.command import run

from cgd_recipes.errors import dotted
from cgd_recipes.files.shipped import data_root
from cgd_recipes.files.yaml import read_yaml
from cgd_recipes.trainers.places import Places
from cgd_recipes.trainers.torchtune.check import check_torchtune

CASES = Path(__file__).parents[1] / "cases" / "torchtune"
OK = sorted((CASES / "ok").glob("*.yaml"))
ERR = sorted((CASES / "err").glob("*.yaml"))


def recipe_of(path: Path) -> str:
    if "distributed" in path.stem:
        return "full_finetune_distributed"
    return "lora_finetune_single_device" if "lora" in path.stem else "full_finetune_single_device"


def read(path: Path) -> dict[str, Any]:
    value: dict[str, Any] = read_yaml(path).value
    return value


def changed(case: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The config of an err case, and the options to check it with."""
    source = CASES / "ok" / f"{case.get('from', 'qwen')}.yaml"
    config = read(source)
    for name, value in case.get("set", {}).items():
        section, key = locate(config, name)
        section[key] = value
    for name in case.get("drop", []):
        section, key = locate(config, name)
        del section[key]
    return config, {"recipe": recipe_of(source), **case.get("options", {})}


def locate(config: dict[str, Any], name: str) -> tuple[dict[str, Any], str]:
    *sections, key = name.split(".")
    for section in sections:
        config = config[section]
    return config, key


def test_no_case_is_lost() -> None:
    assert len(OK) >= 4
    assert len(ERR) >= 55
    assert {path.stem for path in ERR} == {path.stem for path in (CASES / "err").glob("*.txt")}


@pytest.mark.parametrize("path", OK, ids=lambda path: path.stem)
def test_good_config_is_clean(path: Path) -> None:
    assert check_torchtune(read(path), recipe=recipe_of(path), places=Places(Path("/nowhere"))) == []


@pytest.mark.parametrize("path", ERR, ids=lambda path: path.stem)
def test_bad_config_is_explained(path: Path) -> None:
    config, options = changed(read(path))
    findings = check_torchtune(config, **options)
    found = [f"{dotted(finding.path) or '(config)'}: {finding.message}" for finding in findings]
    assert found == path.with_suffix(".txt").read_text(encoding="utf-8").splitlines()


def test_missing_files_of_a_local_student(tmp_path: Path) -> None:
    config = read(CASES / "ok" / "qwen.yaml")
    config["checkpointer"]["checkpoint_dir"] = "student"
    config["tokenizer"] |= {"path": "student/vocab.json", "merges_file": "/nowhere/merges.txt"}
    config["tokenizer"] |= {"special_tokens_path": None}
    (tmp_path / "student").mkdir()
    (tmp_path / "student" / "vocab.json").touch()
    for number in (1, 2, 4):
        (tmp_path / "student" / f"model-0000{number}-of-00004.safetensors").touch()
    assert [finding.message for finding in check_torchtune(config, places=Places(tmp_path))] == [
        "'checkpointer.checkpoint_files': student has no model-00003-of-00004.safetensors",
        "'checkpointer.checkpoint_dir': student has no config.json",
        "'tokenizer.merges_file': no such file: /nowhere/merges.txt",
    ]


def test_files_of_a_student_to_be_downloaded_are_not_missed(tmp_path: Path) -> None:
    assert check_torchtune(read(CASES / "ok" / "qwen.yaml"), places=Places(tmp_path)) == []


def test_prompt_template_beside_the_config_is_found(tmp_path: Path) -> None:
    config = read(CASES / "ok" / "hand-written.yaml")
    config["tokenizer"]["prompt_template"] = "own_templates.Template"
    assert len(check_torchtune(config, places=Places(tmp_path))) == 1
    (tmp_path / "own_templates.py").touch()
    assert check_torchtune(config, places=Places(tmp_path)) == []


def test_the_snapshot_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    config = read(CASES / "ok" / "qwen.yaml")
    check_torchtune(config)
    # It has 235 kB; nothing else about a check takes time.
    monkeypatch.setattr(Path, "read_text", lambda *_args, **_options: pytest.fail("a file is read again"))
    assert check_torchtune(config) == []


@pytest.mark.processes
def test_check_imports_no_trainer() -> None:
    code = "import sys; from cgd_recipes.trainers.torchtune.check import check_torchtune; check_torchtune({})"
    code += "; print({'torch', 'torchtune', 'datasets', 'omegaconf'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.processes
def test_probe_explains_a_torchtune_that_cannot_be_imported(tmp_path: Path) -> None:
    (tmp_path / "torchtune").mkdir()
    (tmp_path / "torchtune" / "__init__.py").write_text("raise ImportError('no int4_weight_only')")
    probe = Path(check_torchtune.__code__.co_filename).parent / "probe.py"
    command = [sys.executable, str(probe), str(CASES / "ok" / "qwen.yaml")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={"PYTHONPATH": str(tmp_path)})
    (error,) = json.loads(done.stdout)["errors"]
    assert "no int4_weight_only" in error
    assert "torchao >= 0.13, < 0.16" in error


@pytest.mark.processes
@pytest.mark.parametrize(("arguments", "imported"), [([], False), (["--with-modules"], True)])
def test_a_module_beside_a_config_runs_only_where_that_is_asked_for(arguments, imported, tmp_path, monkeypatch):
    files = {
        "bin/tune": f"#!{sys.executable}\n",
        "lib/torchtune/__init__.py": "",
        "lib/torchtune/training.py": "",
        "lib/torchtune/config.py": "def validate(config):\n    import beside\n",
        "lib/omegaconf.py": "class OmegaConf:\n    load = to_container = staticmethod(lambda *_, **__: None)\n",
        "here/torchtune.yaml": (CASES / "ok" / "qwen.yaml").read_text(),
        "here/beside.py": "open('ran', 'w')\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "bin/tune").chmod(0o755)
    monkeypatch.setenv("CGD_TRAINER_BIN", str(tmp_path / "bin"))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "lib"))
    monkeypatch.chdir(tmp_path / "here")
    result = run("validate", "torchtune.yaml", "--with-trainer", *arguments)
    assert (tmp_path / "here/ran").exists() is imported
    assert ("No module named 'beside'" in result.stderr) is not imported


def test_snapshot_is_the_one_on_record() -> None:
    vendor = data_root() / "schemas" / "vendor"
    digest = hashlib.sha256((vendor / "torchtune-0.6.1.json").read_bytes()).hexdigest()
    assert f"`{digest}`" in (vendor / "SOURCES-torchtune.md").read_text(encoding="utf-8")
