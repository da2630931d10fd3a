"""`cgd-recipe doctor`: known combinations of versions, and what a recipe lacks on this machine."""

import json
import shutil
import sys
import tomllib
from functools import partial
from types import SimpleNamespace

import pytest
from helpers import command
from helpers.shipped import ROOT
from jsonschema import Draft202012Validator
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from cgd_recipes.commands import doctor
from cgd_recipes.environments import versions as installed
from cgd_recipes.environments.find import is_installed
from cgd_recipes.environments.versions import Environment, compatibility, contradictions, is_within
from cgd_recipes.evaluation.install import install

TEXT = {"type": "string", "minLength": 1}
TOOL = {
    "properties": {
        "supported": TEXT,
        "tried": TEXT,
        "part_of": TEXT,
        "install": {"type": "array", "items": TEXT, "minItems": 1},
    },
    "required": ["install"],
    "additionalProperties": False,
}
RULE = {
    "properties": {
        **dict.fromkeys(("tool", "versions", "needs", "range", "install"), TEXT),
        "required": {"const": True},
        "breaks": {"const": True},
    },
    "required": ["tool", "versions", "needs", "range", "install"],
    "additionalProperties": False,
}
AXOLOTL = {
    "axolotl": "0.19.0",
    "torch": "2.13.0+cpu",
    "torchao": "0.17.0",
    "transformers": "5.16.1",
    "lm-eval": "0.4.11",
}
TORCHTUNE = {"torchtune": "0.6.1", "torch": "2.13.0", "torchao": "0.15.0", "transformers": "5.16.1"}


@pytest.fixture(autouse=True)
def in_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """Pretend a machine: versions in the trainer's environment, and a number of GPUs that nobody can ask for more."""
    monkeypatch.setattr(doctor, "lm_eval_tasks", lambda python: None)
    monkeypatch.setattr(doctor, "grading_fault", lambda python: "")
    monkeypatch.setattr(doctor, "weakest_capability", lambda: 9.0)

    def pretend(versions: dict[str, str], gpus: int = 8) -> None:
        for module in (doctor, installed):
            monkeypatch.setattr(module, "find_interpreter", lambda trainer, source: sys.executable)
        monkeypatch.setattr(doctor, "find_command", lambda trainer, source: tmp_path / trainer.command)
        for module in (doctor, installed):
            monkeypatch.setattr(module, "read_environment", lambda python: Environment(python, versions))
        monkeypatch.setattr(doctor, "find_gpus", lambda: [f"GPU {number}: H100" for number in range(gpus)])

    return pretend


run = partial(command.run, "doctor")


def told(versions):
    return [problem.message for problem in contradictions(Environment("python", versions))]


def test_the_facts_are_well_formed():
    facts = compatibility()
    tools, rules = facts["tools"], facts["rules"]
    Draft202012Validator({"additionalProperties": TOOL}).validate(tools)
    Draft202012Validator({"items": RULE}).validate(rules)
    for tool in tools.values():
        SpecifierSet(tool.get("supported", ""))
        assert all(Requirement(requirement) for requirement in tool["install"])
    for rule in rules:
        assert {rule["tool"], rule["needs"]} <= set(tools)
        assert SpecifierSet(rule["versions"])
        # What is said to be installed is in the range, and does not contradict another rule.
        requirement = Requirement(rule["install"])
        assert requirement.name == rule["needs"]
        pinned = [one.version for one in requirement.specifier if one.operator == "=="]
        assert all(is_within(version, rule["range"]) for version in pinned)
        assert pinned or requirement.specifier == SpecifierSet(rule["range"])


def test_the_facts_agree_with_the_extras():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    wanted = {requirement.name: requirement for extra in extras.values() for requirement in map(Requirement, extra)}
    for name, facts in compatibility()["tools"].items():
        if "supported" in facts:
            assert wanted[name].specifier == SpecifierSet(facts["supported"]), name
    (torchao,) = [
        rule for rule in compatibility()["rules"] if (rule["tool"], rule["needs"]) == ("torchtune", "torchao")
    ]
    assert wanted["torchao"].specifier == SpecifierSet(torchao["range"])


@pytest.mark.parametrize("version", ["0.13.0", "0.14.1", "0.15.0"])
def test_torchao_that_torchtune_can_use(version):
    assert told({**TORCHTUNE, "torchao": version}) == []


@pytest.mark.parametrize("version", ["0.12.0", "0.16.0", "0.17.0", "0.18.0", "unreadable"])
def test_torchao_that_breaks_torchtune(version):
    assert told({**TORCHTUNE, "torchao": version}) == [
        f"torchao {version} breaks torchtune 0.6.1 (needs >=0.13,<0.16): pip install 'torchao==0.15.0'"
    ]


def test_torchtune_does_not_bring_what_it_needs():
    assert told({"torchtune": "0.6.1"}) == [
        "torchtune 0.6.1 needs torchao >=0.13,<0.16, which is not installed: pip install 'torchao==0.15.0'",
        "torchtune 0.6.1 needs torch >=2.6, which is not installed: pip install 'torch>=2.6'",
    ]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"lm-eval": "0.4.13"},
            "lm-eval 0.4.13 does not fit axolotl 0.19.0 (needs ==0.4.11): pip install 'lm-eval==0.4.11'",
        ),
        (
            {"axolotl": "0.21.0", "torchao": "0.18.0"},
            "transformers 5.16.1 does not fit axolotl 0.21.0 (needs ==5.20.1): pip install 'transformers==5.20.1'",
        ),
        (
            {"deepspeed": "0.17"},
            "deepspeed 0.17 does not fit axolotl 0.19.0 (needs >=0.18.6,<0.19): pip install 'deepspeed>=0.18.6,<0.19'",
        ),
    ],
)
def test_what_axolotl_pins(changes, message):
    assert told(AXOLOTL) == []
    assert told({**AXOLOTL, **changes}) == [message]


@pytest.mark.processes
def test_this_environment_as_it_is(monkeypatch):
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    result = run("--json")
    report = json.loads(result.stdout)
    assert report["environments"][0]["python"] == sys.executable
    assert result.exit_code == (1 if report["problems"] else 0)
    text = run()
    assert text.exit_code == result.exit_code
    for tool in compatibility()["tools"]:
        assert tool in text.stdout


@pytest.mark.processes
def test_a_trainer_on_path_in_another_environment(tmp_path, monkeypatch):
    (tmp_path / "bin").mkdir()
    site = tmp_path / "site"
    for name, version in TORCHTUNE.items():
        (site / f"{name}-{version}.dist-info").mkdir(parents=True)
        (site / f"{name}-{version}.dist-info/METADATA").write_text(f"Name: {name}\nVersion: {version}\n")
    python = tmp_path / "bin/python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH={site} exec {sys.executable} -S "$@"\n')
    (tmp_path / "bin/tune").write_text(f"#!{python}\n")
    for script in (python, tmp_path / "bin/tune"):
        script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    read = installed.read_environment
    here = Environment(sys.executable, {})  # whatever the developer has
    monkeypatch.setattr(installed, "read_environment", lambda python: here if python == here.python else read(python))
    result = run("--json")
    assert result.exit_code == 0
    assert {"python": str(python), "versions": TORCHTUNE | {"torch": "2.13.0"}} in json.loads(result.stdout)[
        "environments"
    ]
    (site / "torchao-0.15.0.dist-info/METADATA").write_text("Name: torchao\nVersion: 0.18.0\n")
    result = run()
    assert result.exit_code == 1
    assert result.stderr.startswith(f"{python}: torchao 0.18.0 breaks torchtune 0.6.1")


def test_a_recipe_that_can_be_trained(machine):
    machine({**AXOLOTL, "deepspeed": "0.18.9"})
    result = run("qwen-cgd")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.endswith("qwen-cgd: can be trained here\n")
    machine(TORCHTUNE)
    assert run("qwen-cgd", "-s", "train.trainer=torchtune").exit_code == 0


def lacks(*arguments):
    result = run("qwen-cgd", *arguments)
    assert result.exit_code == 1
    return "\n".join(line.split(": ", 1)[1] for line in result.stderr.splitlines())


@pytest.mark.processes
def test_no_trainer(monkeypatch):
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setattr(doctor, "find_gpus", lambda: ["GPU"] * 8)
    assert "axolotl is not installed here: pip install" in lacks()


@pytest.mark.processes
def test_no_trainer_at_all(monkeypatch, tmp_path):
    monkeypatch.setattr(doctor, "find_pythons", lambda tools: {})
    cure = "no trainer is installed; for axolotl: pip install 'axolotl[deepspeed]>=0.19,<0.22'; for torchtune: pip install "
    result = run()
    assert result.stderr.startswith(
        f"warning: {cure}'torchtune==0.6.1' 'torchao==0.15.0' 'torch>=2.6'; for trl: pip install 'trl[peft]>=1.16,<1.17'\n"
    )
    assert json.loads(run("--json").stdout)["warnings"][0].startswith(cure)


@pytest.mark.processes
def test_a_trainer_bin_without_a_trainer(monkeypatch, tmp_path):
    monkeypatch.setenv("CGD_TRAINER_BIN", str(tmp_path / "none"))
    result = run()
    assert result.exit_code == 1
    assert f"CGD_TRAINER_BIN: there is no trainer in {tmp_path / 'none'}; name the bin folder" in result.stderr
    assert (
        f"CGD_TRAINER_BIN: there is no 'axolotl' in {tmp_path / 'none'}; name the bin folder" in run("qwen-cgd").stderr
    )


def test_a_folder_named_like_a_trainer_is_none(monkeypatch, tmp_path):
    (tmp_path / "nowhere").mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    assert not is_installed("nowhere")
    assert is_installed("pytest")


def test_a_cpu_is_enough_for_some(machine, monkeypatch):
    plain = ("-s", "launch.gpus_per_node=1", "-s", "train.precision=fp32", "-s", "train.sharding=none")
    machine(AXOLOTL, gpus=0)
    result = run("qwen-cgd", *plain)
    assert result.exit_code == 0, result.stderr
    assert (
        "warning: 'launch.gpus_per_node' is 1, and this machine has 0: axolotl will train on the CPU\n" in result.stderr
    )
    needs = ("train.precision=bf16", "train.adapter=qlora", "launch.nodes=2", "train.axolotl.bfloat16=true")
    needs += (
        "train.axolotl.optimizer=adamw_bnb_8bit",
        "train.axolotl.plugins=[axolotl.integrations.liger.LigerPlugin]",
    )
    for setting in needs:
        assert "this machine has 0; train on a machine that has them" in lacks(*plain, "-s", setting), setting
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert "this machine has 0" in lacks(*plain)


@pytest.mark.parametrize(("trainer", "versions"), [("axolotl", AXOLOTL), ("torchtune", TORCHTUNE)])
def test_the_recipe_for_a_laptop_needs_no_gpu(trainer, versions, machine, tmp_path):
    machine(versions, gpus=0)
    (tmp_path / "r.yaml").write_text("extends: [qwen-cgd, base/lora, base/cpu]\nname: r\n")
    result = run(str(tmp_path / "r.yaml"), "-s", f"train.trainer={trainer}")
    assert result.exit_code == 0, result.stderr
    assert f"{trainer} will train on the CPU" in result.stderr


def test_the_shipped_laptop_recipe_needs_no_gpu(machine):
    machine(AXOLOTL, gpus=0)
    assert run("laptop-cgd").exit_code == 0


def test_gpus_are_counted_as_by_the_launch_script(machine, monkeypatch):
    machine({**AXOLOTL, "deepspeed": "0.18.9"}, gpus=1)
    monkeypatch.setenv("SLURM_GPUS_ON_NODE", "8")
    assert run("qwen-cgd").exit_code == 0
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1")
    assert "this machine has 2;" in lacks()
    monkeypatch.setenv("GPUS_PER_NODE", "8")
    assert run("qwen-cgd").exit_code == 0


def test_a_rendered_folder(machine):
    machine({**AXOLOTL, "deepspeed": "0.18.9"})
    assert command.run("render", "qwen-cgd", "-o", "out").exit_code == 0
    assert run("out").stdout.endswith("out: can be trained here\n")
    shown = command.run("preview", "out", "--json")
    assert json.loads(shown.stdout)["recipe"] == "qwen-cgd"


def test_what_a_recipe_lacks(machine):
    machine(AXOLOTL)
    python = sys.executable
    assert lacks() == (
        f"sharding zero2 needs deepspeed, which is not in {python}: pip install 'deepspeed>=0.18.6,<0.19'; "
        "or set train.sharding"
    )
    machine({**AXOLOTL, "deepspeed": "0.18.9"})
    assert lacks("-s", "train.attention=flash_attention_2") == (
        f"flash_attention_2 needs flash-attn, which is not in {python}: pip install 'flash-attn==2.8.3'; "
        "or set train.attention: sdpa"
    )
    machine({"axolotl": "0.15.0"})
    assert lacks("-s", "train.sharding=none", "-s", "train.precision=fp32") == (
        f"axolotl 0.15.0 in {python} is not supported (needs >=0.19,<0.22): "
        "pip install 'axolotl[deepspeed]>=0.19,<0.22'"
    )
    machine({**TORCHTUNE, "torchao": "0.17.0"})
    assert lacks("-s", "train.trainer=torchtune").startswith("torchao 0.17.0 breaks torchtune 0.6.1")


def test_gpus(machine, monkeypatch):
    machine({**AXOLOTL, "deepspeed": "0.18.9"}, gpus=0)
    assert lacks() == "'launch.gpus_per_node' is 8, and this machine has 0; train on a machine that has them"
    machine({**AXOLOTL, "deepspeed": "0.18.9"}, gpus=4)
    assert lacks() == "'launch.gpus_per_node' is 8, and this machine has 4; render with -s launch.gpus_per_node=4"
    assert "set GPUS_PER_NODE=2, or render" in lacks("-s", "launch.gpus_per_node=2")
    monkeypatch.setenv("GPUS_PER_NODE", "\u00b2")  # a digit, and no number
    assert "this machine has 4" in lacks()
    monkeypatch.setenv("GPUS_PER_NODE", "2")
    assert run("qwen-cgd", "-s", "launch.gpus_per_node=2").exit_code == 0
    machine(TORCHTUNE, gpus=0)
    monkeypatch.delenv("GPUS_PER_NODE")
    on_cpu = ("-s", "train.trainer=torchtune", "-s", "train.torchtune.device=cpu", "-s", "launch.gpus_per_node=1")
    assert run("qwen-cgd", *on_cpu).exit_code == 0


def test_the_students_files_for_torchtune(machine, monkeypatch, tmp_path):
    machine(TORCHTUNE)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert "HF_HUB_OFFLINE forbids its download" in lacks("-s", "train.trainer=torchtune")
    (tmp_path / "build/qwen-cgd/models/Qwen2.5-Math-7B").mkdir(parents=True)
    assert "models/Qwen2.5-Math-7B has no config.json" in lacks("-s", "train.trainer=torchtune")


def test_commands_of_the_launch_script(machine, monkeypatch, tmp_path):
    machine({**AXOLOTL, "deepspeed": "0.18.9"})
    monkeypatch.setenv("PATH", str(tmp_path))
    assert lacks() == (
        "there is no bash, which launch.sh needs; install bash\n"
        "there is no sha256sum, which launch.sh needs; install GNU coreutils"
    )


@pytest.mark.processes
def test_stale_task_files_in_lm_eval(machine, monkeypatch, tmp_path):
    machine(TORCHTUNE | {"lm-eval": "0.4.13"})
    tasks = tmp_path / "lm_eval" / "tasks"
    tasks.mkdir(parents=True)
    monkeypatch.setattr(doctor, "lm_eval_tasks", lambda python: tasks)
    assert "warning" not in run().stderr
    target = install(tasks)
    assert "warning" not in run().stderr
    (target / "cgd_math.yaml").write_text("edited")
    assert "warning: " in run().stderr
    assert "cgd_math.yaml was changed since it was installed" in json.loads(run("--json").stdout)["warnings"][0]
    shutil.rmtree(target)
    target.mkdir()
    assert f"warning: {target} was not written by cgd-recipes" in run().stderr
    machine(TORCHTUNE)
    assert "warning" not in run().stderr


@pytest.mark.parametrize(
    ("tool", "version", "supported"),
    [
        ("lm-eval", "0.5.0.dev1", ">=0.4.11,<0.5"),
        ("math-verify", "0.7.0", ">=0.8"),
        ("vllm", "0.9.1", ">=0.18"),
        ("ray", "2.9.0", ">=2.60"),
        ("torchtune", "0.5.0", "==0.6.1"),
        ("axolotl", "0.22.0.dev0", ">=0.19,<0.22"),
    ],
)
def test_a_version_that_is_not_supported_is_never_called_well(tool, version, supported, monkeypatch):
    monkeypatch.setattr(
        doctor, "find_environments", lambda trainers: {"python": Environment("python", {tool: version})}
    )
    result = run()
    assert result.exit_code == 1
    assert f"python: {tool} {version} is not supported (needs {supported}): pip install " in result.stderr
    assert "no version conflicts found" not in result.stdout


def test_tools_that_fit_have_no_conflicts(monkeypatch):
    monkeypatch.setattr(doctor, "find_environments", lambda trainers: {"python": Environment("python", TORCHTUNE)})
    assert run().stdout.endswith("no version conflicts found\n")


def test_a_tool_beside_the_trainer_is_only_warned_about(machine):
    machine({**AXOLOTL, "deepspeed": "0.18.9", "vllm": "0.9.1"})
    result = run("qwen-cgd")
    assert result.exit_code == 0, result.stderr
    assert "warning: " in result.stderr
    assert "vllm 0.9.1 is not supported (needs >=0.18)" in result.stderr


CPU = ("-s", "launch.gpus_per_node=1", "-s", "train.precision=fp32", "-s", "train.sharding=none")


def test_tf32_is_not_forced_on_a_machine_without_a_gpu(machine):
    machine(AXOLOTL, gpus=0)
    assert run("qwen-cgd", *CPU).exit_code == 0
    assert "this machine has 0" in lacks(*CPU, "-s", "train.axolotl.tf32=true")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (["train.precision=bf16"], "bf16 needs a GPU of compute capability 8.0 or more, and this machine has 7.5"),
        (
            ["train.axolotl.bf16=auto"],
            "bf16: auto becomes fp16 on a GPU of compute capability 7.5, which is another training",
        ),
        (["train.precision=fp32", "train.axolotl.tf32=true"], "tf32 needs a GPU of compute capability 8.0 or more"),
        (["train.trainer=torchtune", "train.precision=bf16"], "bf16 needs a GPU of compute capability 8.0 or more"),
        (
            ["train.precision=fp32", "train.axolotl.bfloat16=true"],
            "bfloat16 needs a GPU of compute capability 8.0 or more",
        ),
        (
            ["train.trainer=trl", "train.precision=fp32", "train.trl.tf32=true"],
            "tf32 needs a GPU of compute capability 8.0",
        ),
        (
            ["train.trainer=trl", "train.trl.bf16_full_eval=true"],
            "bf16_full_eval needs a GPU of compute capability 8.0",
        ),
    ],
)
def test_an_old_gpu_has_no_bf16(machine, monkeypatch, settings, words):
    machine({**AXOLOTL, **TORCHTUNE, "deepspeed": "0.18.9"})
    monkeypatch.setattr(doctor, "weakest_capability", lambda: 7.5)
    options = [part for setting in ("train.sharding=none", *settings) for part in ("-s", setting)]
    assert words in lacks(*options)
    monkeypatch.setattr(doctor, "weakest_capability", lambda: 8.0)
    assert words not in run("qwen-cgd", *options).stderr


def test_a_gpu_of_unknown_age_is_told(machine, monkeypatch):
    machine({**AXOLOTL, "deepspeed": "0.18.9"})
    monkeypatch.setattr(doctor, "weakest_capability", lambda: None)
    assert "nvidia-smi does not say the compute capability" in run("qwen-cgd", "-s", "launch.gpus_per_node=1").stderr


def test_one_gpu_of_unknown_age_makes_the_weakest_unknown(monkeypatch):
    for said, weakest in (("8.0\n[N/A]\n", None), ("9.0\n8.0\n", 8.0), ("", None)):
        monkeypatch.setattr(installed.subprocess, "run", lambda *_, said=said, **__: SimpleNamespace(stdout=said))
        assert installed.weakest_capability() == weakest


def test_what_a_recipe_runs_is_told(machine):
    machine({**AXOLOTL, "deepspeed": "0.18.9"})
    setting = ("-s", "train.axolotl.plugins=[mine.Plugin]")
    told = "runs code: 'train.axolotl.plugins[0]' names mine.Plugin, which is not part of Axolotl"
    assert told in run("qwen-cgd", *setting).stderr.splitlines()
    assert told in json.loads(run("qwen-cgd", *setting, "--json").stdout)["disclosures"]


@pytest.mark.parametrize("fault", ["", "has no math_verify, which grades there: install it"])
def test_lm_eval_that_cannot_grade_is_told(fault, machine, monkeypatch, tmp_path):
    machine(TORCHTUNE | {"lm-eval": "0.4.13"})
    (tmp_path / "tasks").mkdir()
    monkeypatch.setattr(doctor, "lm_eval_tasks", lambda python: tmp_path / "tasks")
    monkeypatch.setattr(doctor, "grading_fault", lambda python: fault)
    python = next(iter(doctor.find_environments({})))
    monkeypatch.setattr(doctor, "find_pythons", lambda tools: {tool.name: python for tool in tools})
    assert (f"warning: {python} has lm-eval, and {fault}" in run().stderr) == bool(fault)


@pytest.mark.processes
@pytest.mark.parametrize("line", ["Version: ", "Summary: no version"])
def test_a_package_whose_version_is_not_known_is_never_called_well(line, monkeypatch, tmp_path):
    (tmp_path / "lm_eval-x.dist-info").mkdir()
    (tmp_path / "lm_eval-x.dist-info" / "METADATA").write_text(f"Metadata-Version: 2.1\nName: lm_eval\n{line}\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    versions = {"lm-eval": installed.read_environment(sys.executable).versions["lm-eval"]}
    monkeypatch.setattr(doctor, "find_environments", lambda trainers: {"python": Environment("python", versions)})
    result = run()
    assert result.exit_code == 1
    assert "python: lm-eval unknown is not supported" in result.stderr
