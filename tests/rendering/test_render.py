"""The output folder: complete, reproducible, and careful with what is already there."""

import json
import os
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from helpers.lists import some
from helpers.plain import plain_yaml
from helpers.rows import FEW_ROWS, examples_of, make_row
from helpers.shipped import RECIPES, ROOT

from cgd_recipes.errors import RecipeError
from cgd_recipes.files.hashes import file_sha256
from cgd_recipes.files.yaml import Document
from cgd_recipes.trainers.registry import get_trainer


def files(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_rendering_twice_gives_the_same_bytes(render_recipe):
    assert files(render_recipe("qwen-cgd").folder) == files(render_recipe("qwen-cgd").folder)


def test_a_resolved_recipe_renders_the_same(render_recipe, write_rows):
    first = render_recipe("s1-cgd", f"data.source={write_rows([make_row(n) for n in range(99)])}", "data.sample=80")
    again = render_recipe(str(first.folder / "recipe.resolved.yaml"))
    assert again.outputs == first.outputs


def test_the_manifest_says_what_made_the_output(render_recipe):
    rendered = render_recipe("qwen-cgd", "data.sample=10")
    manifest = json.loads((rendered.folder / "manifest.json").read_text())
    for name, sha in manifest["outputs"].items():
        assert file_sha256(rendered.folder / name) == sha
    assert manifest["rows"] == {
        "read": 80, "rejected": {}, "left_out": 0, "not_drawn": 70, "examples": 10, "neutralised": 0,
        "verdicts": {"right": manifest["rows"]["verdicts"]["right"], "wrong": manifest["rows"]["verdicts"]["wrong"]},
    }  # fmt: skip
    assert manifest["source"]["files"][0]["sha256"] == file_sha256(ROOT / "recipes/sample/rows.jsonl")
    assert manifest["recipe_files"][-1]["file"] == "recipes/qwen-cgd.yaml"


def test_rendering_again_replaces_ours_and_keeps_the_rest(render_recipe, tmp_path):
    folder = tmp_path / "out"
    render_recipe("llama-cgd", "train.trainer=torchtune", folder=folder)
    (folder / "model").mkdir()
    (folder / "model" / "weights").write_text("hours of work")
    render_recipe("llama-cgd", folder=folder)
    assert (folder / "model" / "weights").read_text() == "hours of work"
    assert (folder / "axolotl.yaml").is_file()
    assert not (folder / "torchtune.yaml").exists()


def test_edited_files_are_not_overwritten(render_recipe, tmp_path):
    folder = tmp_path / "out"
    render_recipe("llama-cgd", folder=folder)
    with open(folder / "axolotl.yaml", "a") as handle:
        handle.write("wandb_project: mine\n")
    with pytest.raises(RecipeError, match="was changed since it was rendered"):
        render_recipe("llama-cgd", folder=folder)
    render_recipe("llama-cgd", folder=folder, force=True)
    assert "wandb" not in (folder / "axolotl.yaml").read_text()


def test_foreign_folders_are_not_touched(render_recipe, tmp_path):
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "thesis.tex").write_text("")
    with pytest.raises(RecipeError, match="was not written by cgd-recipes"):
        render_recipe("llama-cgd", folder=folder)
    assert files(folder) == {"thesis.tex": b""}


def test_dry_run_and_failure_leave_nothing(render_recipe, tmp_path, write_rows):
    render_recipe("llama-cgd", folder=tmp_path / "deep" / "out", dry_run=True)
    assert not (tmp_path / "deep" / "out").exists()
    with pytest.raises(RecipeError):
        render_recipe("llama-cgd", f"data.source={write_rows([])}", folder=tmp_path / "deep" / "out")
    assert not (tmp_path / "deep").exists()


def test_parquet_holds_the_same_examples(render_recipe):
    import pyarrow.parquet

    rendered = render_recipe("qwen-cgd", "output.format=parquet")
    table = pyarrow.parquet.read_table(rendered.folder / "data" / "train.parquet")
    assert table.to_pylist() == examples_of(render_recipe("qwen-cgd"))
    config = plain_yaml((rendered.folder / "axolotl.yaml").read_text())
    assert (config["datasets"][0]["path"], config["datasets"][0]["ds_type"]) == ("data/train.parquet", "parquet")


def test_the_prepared_cache_follows_the_content(render_recipe):
    paths = set()
    for seed in (1, 2):
        rendered = render_recipe("qwen-cgd", f"data.seed={seed}")
        paths.add(plain_yaml((rendered.folder / "axolotl.yaml").read_text())["dataset_prepared_path"])
    assert len(paths) == 2


@pytest.mark.parametrize("name", some([name for name in RECIPES if name.endswith("-cgd")], 4))
def test_training_and_evaluation_share_one_system_prompt(name, render_recipe):
    rendered = render_recipe(name, "system_prompt=Think.", *FEW_ROWS)
    evaluation = plain_yaml((rendered.folder / "eval.yaml").read_text())
    assert evaluation["system_instruction"] == "Think."
    assert {example["messages"][0]["content"] for example in examples_of(rendered)} == {"Think."}


@pytest.mark.parametrize(
    ("settings", "model"),
    [
        (["train.trainer=torchtune", "train.torchtune.epochs=3"], "model/epoch_2"),
        (["train.trainer=torchtune", "train.torchtune.output_dir=runs/"], "runs/epoch_0"),
        (
            ["train.trainer=torchtune", "train.torchtune.checkpointer.output_dir=${output_dir}/saved"],
            "model/saved/epoch_0",
        ),
        (["train.axolotl.output_dir=/scratch/run"], "/scratch/run"),
        (["train.axolotl.output_dir=null"], "model-out"),
    ],
)
def test_what_is_evaluated_is_what_the_final_config_trains(settings, model, render_recipe):
    rendered = render_recipe("llama-cgd", *FEW_ROWS, *settings)
    evaluation = plain_yaml((rendered.folder / "eval.yaml").read_text())
    assert evaluation["model_args"]["pretrained"] == model


def test_numbers_in_configs_are_numbers_for_yaml_1_1(render_recipe):
    rendered = render_recipe("qwen-cgd", "train.learning_rate=5e-6")
    config = plain_yaml((rendered.folder / "axolotl.yaml").read_text())
    assert config["learning_rate"] == 5e-6


@pytest.mark.parametrize("precision", ["auto", "fp32", "bf16"])
@pytest.mark.parametrize("sharding", some(["zero2", "zero3", "fsdp2", "none"], every=4))
def test_small_steps_in_pure_bf16_are_warned_about(precision, sharding, render_recipe):
    settings = (f"train.precision={precision}", f"train.sharding={sharding}")
    rendered = render_recipe("llama-cgd", *FEW_ROWS, *settings, dry_run=True)
    pure = precision == "bf16" and sharding in ("fsdp2", "none")
    assert any("pure bf16" in warning for warning in rendered.warnings) == pure


def test_the_slurm_line_of_a_launch_script_names_no_folder(render_recipe, tmp_path):
    rendered = render_recipe("llama-cgd", folder=tmp_path / "elsewhere")
    (line,) = [line for line in (rendered.folder / "launch.sh").read_text().splitlines() if "sbatch" in line]
    assert line.endswith("--wrap 'srun bash launch.sh'")


@pytest.mark.processes
@pytest.mark.parametrize("trainer", ["axolotl", "torchtune"])
def test_launch_script_checks_world_size_and_data(trainer, render_recipe):
    rendered = render_recipe("llama-cgd", f"train.trainer={trainer}", "data.sample=70")

    def launch(**environment):
        return subprocess.run(
            ["bash", "launch.sh"], cwd=rendered.folder, capture_output=True, text=True, check=False,
            env={"PATH": os.environ["PATH"], "DRY_RUN": "1", **environment},
        )  # fmt: skip

    one_node = launch(GPUS_PER_NODE="8")
    assert one_node.returncode == 0, one_node.stderr
    assert "--standalone --nproc_per_node 8" in one_node.stdout
    wrong = launch(GPUS_PER_NODE="4")
    assert wrong.returncode == 1
    assert "= 32," in wrong.stderr
    visible = ",".join(str(gpu) for gpu in range(8))
    assert "--nproc_per_node 8" in launch(CUDA_VISIBLE_DEVICES=visible).stdout
    assert "x 2 GPU(s) x" in launch(CUDA_VISIBLE_DEVICES="MIG-1,GPU-2").stderr
    assert "--nproc_per_node 8" in launch(CUDA_VISIBLE_DEVICES="0", GPUS_PER_NODE="8").stdout
    for hidden in ("", "-1"):
        none = launch(CUDA_VISIBLE_DEVICES=hidden)
        assert (none.returncode, none.stderr.count("no GPU to train on")) == (1, 1)
    nodes = launch(GPUS_PER_NODE="4", NNODES="2", MASTER_ADDR="node0", SLURM_JOB_ID="77")
    assert "--nnodes 2 --nproc_per_node 4 --rdzv_backend c10d --rdzv_id 77 --rdzv_endpoint node0:29500" in nodes.stdout
    assert "MASTER_ADDR" in launch(GPUS_PER_NODE="4", NNODES="2").stderr
    with open(rendered.folder / "data" / "train.jsonl", "a") as handle:
        handle.write("\n")
    assert "is not the file that was rendered" in launch(GPUS_PER_NODE="8").stderr


def test_a_manifest_that_is_not_ours_gives_no_right_to_its_folder(render_recipe, tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("precious")
    folder = tmp_path / "out"
    folder.mkdir()
    manifests = [
        {"manifest_version": 1, "outputs": {"../victim": "x"}},
        {"outputs": {}},
        {"manifest_version": 1, "outputs": []},
        [],
    ]
    for manifest in manifests:
        (folder / "manifest.json").write_text(json.dumps(manifest))
        with pytest.raises(RecipeError, match="was not written by cgd-recipes"):
            render_recipe("llama-cgd", folder=folder)
    (folder / "manifest.json").write_text(json.dumps(manifests[0]))
    render_recipe("llama-cgd", folder=folder, force=True)
    assert victim.read_text() == "precious"


def test_a_file_of_the_users_in_the_way_is_not_overwritten(render_recipe, tmp_path):
    folder = tmp_path / "out"
    render_recipe("llama-cgd", folder=folder)
    (folder / "deepspeed" / "zero3.json").write_text("mine")
    with pytest.raises(RecipeError, match="is in the way"):
        render_recipe("llama-cgd", "train.sharding=zero3", folder=folder)
    assert (folder / "deepspeed" / "zero3.json").read_text() == "mine"
    assert (folder / "manifest.json").is_file()


def test_another_method_needs_another_folder(render_recipe, tmp_path):
    render_recipe("llama-cgd", folder=tmp_path / "out")
    with pytest.raises(RecipeError, match="holds method 'cgd'"):
        render_recipe("llama-cgd", "method=sft", folder=tmp_path / "out")


def test_the_list_of_rejected_rows_spares_files_of_others_and_goes_when_it_is_stale(
    render_recipe, tmp_path, write_rows
):
    listing = tmp_path / "out.rejected.jsonl"
    listing.write_text("mine\n")
    bad = f"data.source={write_rows([{'question': 'q'}], 'bad.jsonl')}"
    with pytest.raises(RecipeError):
        render_recipe("llama-cgd", bad, folder=tmp_path / "out")
    assert listing.read_text() == "mine\n"
    listing.unlink()
    with pytest.raises(RecipeError):
        render_recipe("llama-cgd", bad, folder=tmp_path / "out")
    assert "no critique" in listing.read_text() or "no student_response" in listing.read_text()
    render_recipe("llama-cgd", folder=tmp_path / "out")
    assert not listing.exists()


def test_a_dry_run_leaves_no_trace(render_recipe, tmp_path, write_rows):
    bad = f"data.source={write_rows([{'question': 'q'}])}"
    before = sorted(tmp_path.iterdir())
    render_recipe("llama-cgd", folder=tmp_path / "build" / "x", dry_run=True)
    with pytest.raises(RecipeError):
        render_recipe("llama-cgd", bad, folder=tmp_path / "build" / "x", dry_run=True)
    assert sorted(tmp_path.iterdir()) == before


def test_a_render_builds_a_config_before_the_data_and_after_and_parses_each_shipped_file_once(
    render_recipe, monkeypatch
):
    counts = Counter()

    def count(of, name, key):
        wrapped = getattr(of, name)

        def run(*arguments, **options):
            counts[key(*arguments)] += 1
            return wrapped(*arguments, **options)

        monkeypatch.setattr(of, name, run)

    trainer = type(get_trainer("axolotl"))
    count(trainer, "build", lambda *_: "build")
    count(trainer, "check", lambda *_: "check")
    count(Document, "__init__", lambda _document, source, *_: source)
    count(Path, "glob", lambda folder, _pattern: f"glob {folder.name}")
    render_recipe("qwen-cgd")
    assert (counts["build"], counts["check"]) == (2, 2)
    assert counts["glob evals"] <= 1
    families, formats = (f"recipes/{kind}/" for kind in ("families", "formats"))
    assert [source for source in counts if source.startswith((families, formats)) and counts[source] > 1] == []
