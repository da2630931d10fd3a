"""LoRA and QLoRA: every shipped recipe, with each adapter and each trainer that can."""

import json
import subprocess

import pytest
import yaml
from helpers.lists import some
from helpers.plain import plain_yaml
from helpers.shipped import TRAINED

from cgd_recipes.errors import RecipeError
from cgd_recipes.files.shipped import data_root
from cgd_recipes.recipe.resolve import load_recipe
from cgd_recipes.rendering.check import check_recipe
from cgd_recipes.trainers.adapter import adapter_warnings
from cgd_recipes.trainers.axolotl.config import axolotl_findings, build_axolotl
from cgd_recipes.trainers.plan import make_plan
from cgd_recipes.trainers.registry import trainer_of

ADAPTERS = ["lora", "qlora"]
REFUSED = [("mixtral-cgd", "trl", "qlora"), ("gpt-oss-cgd", "axolotl", "lora"), ("gpt-oss-cgd", "axolotl", "qlora")]
"""What a trainer cannot do (see test_trl_config.py), or what a family does not say."""
ADAPTED = [found for pair in TRAINED for adapter in ADAPTERS if (found := (*pair, adapter)) not in REFUSED]

# What an adapter adds to, or changes in, the config of the recipe it is laid over; None for a key that goes.
FSDP = {
    "auto_wrap_policy": "TRANSFORMER_BASED_WRAP",
    "state_dict_type": "FULL_STATE_DICT",
    "reshard_after_forward": True,
    "offload_params": False,
}
SIZE = {"lora_r": 16, "lora_alpha": 32, "lora_dropout": 0.0, "gradient_checkpointing_kwargs": {"use_reentrant": False}}
EXPERTS = {
    "lora_target_modules": ["q_proj", "k_proj", "v_proj", "o_proj"],
    "lora_target_parameters": ["mlp.experts.gate_up_proj", "mlp.experts.down_proj"],
    "merge_method": "legacy",
}
ADDED = {
    ("qwen", "lora"): {
        "adapter": "lora", **SIZE, "lora_target_linear": True, "learning_rate": 1e-4, "deepspeed": None,
        "fsdp_version": 2, "fsdp_config": {**FSDP, "transformer_layer_cls_to_wrap": "Qwen2DecoderLayer"},
    },
    ("qwen", "qlora"): {
        "adapter": "qlora", **SIZE, "lora_target_linear": True, "learning_rate": 2e-4, "deepspeed": None,
        "load_in_4bit": True,
    },
    ("mixtral", "lora"): {
        "adapter": "lora", **SIZE, **EXPERTS, "learning_rate": 1e-4, "deepspeed": None,
        "fsdp_version": 2, "fsdp_config": {**FSDP, "transformer_layer_cls_to_wrap": "MixtralDecoderLayer"},
    },
    ("mixtral", "qlora"): {
        "adapter": "qlora", **SIZE, **EXPERTS, "learning_rate": 2e-4, "deepspeed": None, "load_in_4bit": True,
        "quantize_moe_experts": True,
    },
}  # fmt: skip


@pytest.fixture
def plan_over(tmp_path):
    """The plan of a shipped recipe with a fragment laid over it."""

    def make(name, adapter, *settings):
        recipe = tmp_path / "recipe.yaml"
        recipe.write_text(json.dumps({"extends": [name, f"base/{adapter}"]}))
        return make_plan(load_recipe(str(recipe), settings))

    return make


def model_folder(plan):
    return trainer_of(plan).model_folder(plan, check_recipe(plan).config)


@pytest.mark.parametrize(("name", "trainer", "adapter"), some(ADAPTED, 5))
@pytest.mark.parametrize("gpus", [1, 8])
def test_every_recipe_takes_every_adapter(name, trainer, adapter, gpus, plan_over):
    plan = plan_over(name, adapter, f"train.trainer={trainer}", f"launch.gpus_per_node={gpus}")
    config, warnings, _ = check_recipe(plan)
    slow = trainer == "trl" and adapter == "qlora" and plan.train["precision"] == "fp32"
    assert [warning.partition(",")[0] for warning in warnings] == ["in 4 bits TRL computes in 'dtype'"] * slow
    assert plan.adapter == adapter
    assert "deepspeed" not in config
    assert ("fsdp_config" in config) == (trainer != "torchtune" and adapter == "lora" and gpus == 8)


@pytest.mark.parametrize(("family", "adapter"), ADDED)
def test_what_an_adapter_changes_in_an_axolotl_config(family, adapter, plan_over):
    full = build_axolotl(make_plan(load_recipe(f"{family}-cgd")))
    config = build_axolotl(plan_over(f"{family}-cgd", adapter))
    changed = {key: config.get(key) for key in {**full, **config} if config.get(key) != full.get(key)}
    assert changed == ADDED[family, adapter]
    assert config["bf16"]


@pytest.mark.parametrize(("family", "builder"), [("llama", "llama3_1.lora_llama3_1"), ("qwen", "qwen2.lora_qwen2")])
@pytest.mark.parametrize("adapter", ADAPTERS)
def test_what_an_adapter_changes_in_a_torchtune_config(family, builder, adapter, plan_over):
    settings = ["train.trainer=torchtune", "train.lora.r=64", "train.lora.dropout=0.1"]
    full = check_recipe(make_plan(load_recipe(f"{family}-cgd", ["train.trainer=torchtune"]))).config
    config = check_recipe(plan_over(f"{family}-cgd", adapter, *settings)).config
    changed = {key: config.get(key) for key in {**full, **config} if config.get(key) != full.get(key)}
    assert changed.pop("optimizer")["lr"] == (1e-4 if adapter == "lora" else 2e-4)
    assert changed == {
        "model": {
            **full["model"],
            "_component_": f"torchtune.models.{builder}",
            "lora_attn_modules": ["q_proj", "k_proj", "v_proj", "output_proj"],
            "apply_lora_to_mlp": True,
            "apply_lora_to_output": False,
            "lora_rank": 64,
            "lora_alpha": 32,
            "lora_dropout": 0.1,
            "quantize_base": adapter == "qlora",
        },
        "save_adapter_weights_only": False,
        "optimizer_in_bwd": None,
    }
    assert config["dtype"] == "fp32"


@pytest.mark.parametrize("trainer", ["axolotl", "torchtune"])
def test_the_merged_model_is_what_is_evaluated(trainer, render_recipe, tmp_path):
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(json.dumps({"extends": ["qwen-cgd", "base/lora"], "train": {"trainer": trainer}}))
    rendered = render_recipe(str(recipe))
    launch = (rendered.folder / "launch.sh").read_text()
    evaluated = plain_yaml((rendered.folder / "eval.yaml").read_text())["model_args"]["pretrained"]
    if trainer == "axolotl":
        assert evaluated == "model/merged"
        assert "axolotl merge-lora axolotl.yaml" in launch
    else:
        assert evaluated == "model/epoch_0"
        assert "lora_finetune_single_device --config" in launch
        assert "lora_finetune_distributed --config" in launch
        assert "full_finetune" not in launch


def test_the_merge_follows_the_trainers_own_output_dir(render_recipe):
    settings = ["train.adapter=lora", "train.sharding=none", "train.axolotl.output_dir=my runs/a"]
    rendered = render_recipe("qwen-cgd", *settings)
    launch = (rendered.folder / "launch.sh").read_text()
    evaluation = plain_yaml((rendered.folder / "eval.yaml").read_text())
    assert evaluation["model_args"]["pretrained"] == "my runs/a/merged"
    assert "model='my runs/a'\n" in launch
    assert "model/merged" not in launch.replace("$model/merged", "")
    assert subprocess.run(["bash", "-n", rendered.folder / "launch.sh"], check=False).returncode == 0


def test_verbatim_keys_decide_whether_there_is_an_adapter(render_recipe):
    rendered = render_recipe(
        "qwen-cgd", "train.axolotl={adapter: lora, lora_r: 8, lora_alpha: 16, lora_target_linear: true}"
    )
    assert model_folder(rendered.plan) == "model/merged"
    assert "axolotl merge-lora" in (rendered.folder / "launch.sh").read_text()


def test_a_full_run_merges_nothing(render_recipe):
    rendered = render_recipe("qwen-cgd")
    assert model_folder(rendered.plan) == "model"
    assert "merge" not in (rendered.folder / "launch.sh").read_text()


def test_a_learning_rate_for_full_fine_tuning_is_warned_about():
    for trainer in ("axolotl", "torchtune"):
        settings = [f"train.trainer={trainer}", "train.adapter=lora", "train.precision=bf16"]
        (warning,) = check_recipe(make_plan(load_recipe("qwen-cgd", settings))).warnings
        assert warning.startswith("learning rate 1e-06 is one for full fine-tuning")
    plan = make_plan(load_recipe("qwen-cgd", ["train.adapter=lora", "train.learning_rate=2e-5"]))
    assert adapter_warnings(plan) == []


@pytest.mark.parametrize(
    ("settings", "key", "message"),
    [
        (["train.adapter=lora"], "sharding", "zero3 does not work with adapters on the experts"),
        (["train.adapter=qlora", "train.sharding=none", "train.lora.dropout=0.05"], "dropout", "allow no dropout"),
    ],
)
def test_adapters_on_experts_have_their_limits(settings, key, message):
    (found,) = axolotl_findings(make_plan(load_recipe("mixtral-cgd", settings)))
    assert found.path[-1] == key
    assert message in found.message


def test_a_family_that_says_nothing_about_adapters(tmp_path):
    values = plain_yaml((data_root() / "recipes" / "families" / "olmo.yaml").read_text())
    del values["lora"]
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump({**values, "name": "mine"}))
    plan = make_plan(load_recipe("olmo-cgd", [f"family={tmp_path / 'mine.yaml'}", "train.adapter=lora"]))
    with pytest.raises(
        RecipeError, match=r"'mine' does not say what lora trains; add lora\.axolotl to the family file"
    ):
        check_recipe(plan)
