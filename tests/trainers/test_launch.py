"""launch.sh: what it counts, what it refuses, and what it does once the trainer has ended. Stand-ins play the trainers."""

import json
import os
import subprocess

import pytest
from helpers.launch_commands import COMMANDS, write_commands
from helpers.rows import FEW_ROWS

pytestmark = pytest.mark.processes

TRAINERS = ("axolotl", "torchtune")
ONE_GPU = "launch.gpus_per_node=1"
LORA = ("train.adapter=lora", "train.sharding=none", ONE_GPU)


@pytest.fixture
def launch(tmp_path):
    """Run a rendered launch.sh, with commands that stand in for those on PATH."""

    def run(rendered, *arguments, commands=None, **environment):
        write_commands(tmp_path / "bin", **(commands or {}))
        path = f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"
        return subprocess.run(
            ["bash", "launch.sh", *arguments], cwd=rendered.folder, capture_output=True, text=True, check=False,
            env={**os.environ, "PATH": path, **environment},
        )  # fmt: skip

    return run


@pytest.mark.parametrize(
    ("trainer", "argument"),
    [
        ("axolotl", "--micro-batch-size"),
        ("axolotl", "--micro-batch-size=8"),
        ("axolotl", "--gradient-accumulation-steps=8"),
        ("torchtune", "batch_size=8"),
        ("torchtune", "gradient_accumulation_steps=8"),
    ],
)
def test_arguments_do_not_change_the_global_batch(trainer, argument, render_recipe, launch):
    rendered = render_recipe("llama-cgd", f"train.trainer={trainer}", "data.sample=64")
    done = launch(rendered, "--debug", argument, DRY_RUN="1", GPUS_PER_NODE="8")
    assert done.returncode == 1
    message = f"launch.sh: '{argument}' would change the global batch of 64; change the recipe instead.\n"
    assert (done.stdout, done.stderr) == ("", message)


def test_one_node_of_slurm_needs_no_scontrol(render_recipe, launch):
    rendered = render_recipe("llama-cgd")
    job = {"SLURM_JOB_NODELIST": "node7", "SLURM_JOB_ID": "77", "DRY_RUN": "1"}
    one = launch(rendered, **job, SLURM_NNODES="1", SLURM_GPUS_ON_NODE="8")
    assert one.returncode == 0, one.stderr
    assert "--standalone --nproc_per_node 8" in one.stdout
    two = launch(rendered, **job, SLURM_NNODES="2", SLURM_GPUS_ON_NODE="4")
    assert two.returncode == 1
    assert "set MASTER_ADDR to the host name of the first node" in two.stderr
    named = {"scontrol": "printf 'node7\\nnode8\\n'"}
    two = launch(rendered, **job, SLURM_NNODES="2", SLURM_GPUS_ON_NODE="4", commands=named)
    assert "--rdzv_endpoint node7:29500" in two.stdout


def test_the_order_in_which_gpus_are_counted(render_recipe, launch):
    rendered = render_recipe("llama-cgd")
    says = {"DRY_RUN": "1", "SLURM_GPUS_ON_NODE": "8"}
    smi = {"nvidia-smi": "for n in 0 1; do echo GPU $n; done"}
    assert "--nproc_per_node 8" in launch(rendered, commands=smi, **says).stdout
    says["CUDA_VISIBLE_DEVICES"] = "0,1,2,3"
    assert "--nproc_per_node 4" in launch(rendered, NNODES="2", MASTER_ADDR="a", **says).stdout
    says["GPUS_PER_NODE"] = "2"
    assert "--nproc_per_node 2" in launch(rendered, NNODES="4", MASTER_ADDR="a", **says).stdout


@pytest.mark.parametrize("setting", [{"GPUS_PER_NODE": "all"}, {"NNODES": "1:4"}, {"NNODES": "-1"}, {"NNODES": "08"}])
def test_counts_that_are_no_numbers(setting, render_recipe, launch):
    done = launch(render_recipe("llama-cgd", *FEW_ROWS), DRY_RUN="1", **setting)
    (value,) = setting.values()
    assert done.returncode == 1
    assert done.stderr == (
        f"launch.sh: '{value}' is not a number of nodes or GPUs; set NNODES and GPUS_PER_NODE to whole numbers.\n"
    )


@pytest.mark.parametrize(
    ("gpus", "visible", "seen"),
    [(0, None, "unset"), (8, None, "0"), (8, "5", "5"), (8, "5,6", "5")],
)
def test_one_process_sees_one_gpu(gpus, visible, seen, render_recipe, launch):
    rendered = render_recipe("llama-cgd", ONE_GPU, *FEW_ROWS)
    given = {} if visible is None else {"CUDA_VISIBLE_DEVICES": visible}
    commands = {
        "nvidia-smi": f"seq -f 'GPU %g' {gpus}",
        "axolotl": "echo seen ${CUDA_VISIBLE_DEVICES-unset}",
    }
    done = launch(rendered, commands=commands, GPUS_PER_NODE="1", **given)
    assert done.stdout.splitlines()[-1] == f"seen {seen}", done.stderr


def test_nothing_starts_with_a_student_that_is_not_what_the_recipe_takes_for_granted(render_recipe, launch):
    rendered = render_recipe("qwen-cgd", ONE_GPU, "train.global_batch_size=1")
    commands = {"axolotl": "echo trained", "python": 'echo "$@"; exit 1'}
    done = launch(rendered, commands=commands)
    assert (done.returncode, "trained" in done.stdout) == (1, False)
    assert done.stdout.endswith("check_student.py check_student.json\n")
    assert done.stderr == "launch.sh: nothing was started; correct the recipe or its family, and render again.\n"
    assert "trained" in launch(rendered, commands={**commands, "python": "exit 0"}).stdout
    assert launch(rendered, commands=commands, DRY_RUN="1").returncode == 0


def test_a_student_that_cannot_be_looked_at_is_trained_and_that_is_said(render_recipe, launch):
    rendered = render_recipe("qwen-cgd", ONE_GPU, *FEW_ROWS)
    done = launch(rendered, commands={"axolotl": "echo trained", "python": COMMANDS["python3"]})
    assert (done.returncode, "trained" in done.stdout) == (0, True)
    assert "launch.sh: the student was not looked at: " in done.stderr


@pytest.mark.parametrize("trainer", TRAINERS)
@pytest.mark.parametrize("value", ["0", ""])
def test_dry_run_0_is_no_dry_run(trainer, value, render_recipe, launch):
    rendered = render_recipe("llama-cgd", f"train.trainer={trainer}", ONE_GPU, *FEW_ROWS)
    (rendered.folder / "models/Llama-3.1-8B-Instruct").mkdir(parents=True)
    commands = {"axolotl": "echo trained; exit 7", "tune": "echo trained; exit 7"}
    done = launch(rendered, commands=commands, DRY_RUN=value)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (7, "trained"), done.stderr


SAVES = """mkdir -p model/epoch_0 model/epoch_1/adapter
for folder in model/epoch_*; do
  echo '{"eos_token_id": 256, "hidden_size": 8}' >$folder/config.json
  echo '{"eos_token_id": [256, 258]}' >$folder/generation_config.json
  echo '{"eos_token": "<|endoftext|>"}' >$folder/tokenizer_config.json
  echo '{"added_tokens": [{"id": 258, "content": "<|im_end|>"}]}' >$folder/tokenizer.json
  touch $folder/adapter_config.json $folder/adapter_model.safetensors
done
"""


@pytest.mark.parametrize("settings", [(ONE_GPU,), LORA])
def test_torchtune_models_stop_at_the_end_of_a_turn(settings, render_recipe, launch):
    rendered = render_recipe("qwen-cgd", "train.trainer=torchtune", *settings, *FEW_ROWS)
    (rendered.folder / "models/Qwen2.5-Math-7B").mkdir(parents=True)
    for tune in (SAVES, "true", SAVES):
        done = launch(rendered, commands={"tune": tune})
        assert done.returncode == 0, done.stderr
        for epoch in ("epoch_0", "epoch_1"):
            folder = rendered.folder / "model" / epoch
            read = {
                path.name: json.loads(path.read_text()) for path in folder.glob("*config.json") if path.stat().st_size
            }
            assert read["config.json"] == {"eos_token_id": [258, 256], "hidden_size": 8}
            assert read["generation_config.json"] == {"eos_token_id": [258, 256]}
            assert read["tokenizer_config.json"] == {"eos_token": "<|im_end|>"}
            assert (folder / "adapter/adapter_model.safetensors").is_file() == ("train.adapter=lora" in settings)
            assert (folder / "adapter_config.json").is_file() == ("train.adapter=lora" not in settings)
            names = {path.name for path in folder.iterdir()}
            assert not [name for name in names if name.startswith(".") or name.count(".") > 1]


def test_a_student_without_the_end_of_turn_token(render_recipe, launch):
    rendered = render_recipe("qwen-cgd", "train.trainer=torchtune", ONE_GPU)
    (rendered.folder / "models/Qwen2.5-Math-7B").mkdir(parents=True)
    done = launch(rendered, commands={"tune": SAVES.replace("<|im_end|>", "<|other|>")})
    assert done.returncode == 1
    assert "tokenizer.json has no control token <|im_end|>, at which generation must stop" in done.stderr


def test_another_node_moves_the_adapter(render_recipe, launch):
    rendered = render_recipe("qwen-cgd", "train.trainer=torchtune", *LORA)
    (rendered.folder / "models/Qwen2.5-Math-7B").mkdir(parents=True)
    done = launch(rendered, commands={"tune": f"{SAVES}\nmkdir model/epoch_0/.moving"})
    assert done.returncode == 0, done.stderr
    assert (rendered.folder / "model/epoch_0/adapter_config.json").is_file()
    # It may have been ended before it was done.
    assert launch(rendered, commands={"tune": "true"}).returncode == 0
    assert (rendered.folder / "model/epoch_0/adapter/adapter_config.json").is_file()


AXOLOTL = """mkdir -p model
if [ $1 = merge-lora ]; then
  cp model/config.json model/generation_config.json model/merged
  exit
fi
[ ! -e model/adapter_model.safetensors ] || exit 9
echo '{"eos_token_id": 256}' | tee model/config.json >model/generation_config.json
echo '{"added_tokens": [{"id": 258, "content": "<|im_end|>"}]}' >model/tokenizer.json
echo '{"eos_token": "<|im_end|>"}' >model/tokenizer_config.json
touch model/adapter_config.json
"""


def test_axolotl_merges_what_it_has_trained_and_nothing_else(render_recipe, launch):
    rendered = render_recipe("qwen-cgd", *LORA, *FEW_ROWS)
    whole = f"{AXOLOTL}\ntouch model/adapter_model.safetensors"
    for _ in range(2):
        done = launch(rendered, commands={"axolotl": whole})
        assert done.returncode == 0, done.stderr
        merged = rendered.folder / "model/merged"
        assert json.loads((merged / "generation_config.json").read_text()) == {"eos_token_id": [258, 256]}
        assert json.loads((merged / "tokenizer_config.json").read_text()) == {"eos_token": "<|im_end|>"}
    # Every rank writes adapter_config.json before training; the adapter of the run before does not count.
    assert launch(rendered, commands={"axolotl": AXOLOTL}).returncode == 0
    assert not merged.exists()
