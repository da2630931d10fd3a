"""Verbatim Axolotl keys may not undo what makes a trained model stop, nor silently what it is trained on."""

import pytest

from cgd_recipes.errors import RecipeError
from cgd_recipes.recipe.resolve import load_recipe
from cgd_recipes.rendering.check import check_recipe
from cgd_recipes.trainers.plan import make_plan

DATASET = "{path: data/train.jsonl, ds_type: json, type: chat_template"


def plan_of(name, *settings):
    return make_plan(load_recipe(name, [f"train.axolotl.{setting}" for setting in settings]))


@pytest.mark.parametrize(
    "setting",
    [
        'special_tokens.eos_token="<|endoftext|>"',
        "special_tokens.eos_token=null",
        "special_tokens=null",
        f"datasets=[{DATASET}, train_on_eos: none}}]",
    ],
)
def test_a_model_that_would_not_stop_is_an_error_where_it_is_set(setting):
    with pytest.raises(RecipeError) as caught:
        check_recipe(plan_of("qwen-cgd", setting))
    (problem,) = caught.value.problems
    assert problem.where.source == f"-s train.axolotl.{setting.partition('=')[0]}"
    assert "<|im_end|>" in problem.message


def test_an_end_of_turn_that_is_neither_eos_nor_eot_is_not_even_trained():
    with pytest.raises(RecipeError) as caught:
        check_recipe(plan_of("s1-cgd", 'special_tokens.eos_token="<|endoftext|>"', 'eot_tokens=["<|endoftext|>"]'))
    assert [problem.where.source.rpartition(".")[2] for problem in caught.value.problems] == ["eos_token", "eot_tokens"]


@pytest.mark.parametrize(
    "setting", ["eot_tokens=null", 'eot_tokens=["<|im_end|>", "</think>"]', "special_tokens.pad_token=x"]
)
def test_what_leaves_the_end_of_turn_alone_is_accepted(setting):
    plan = plan_of("qwen-cgd", setting)
    assert check_recipe(plan).warnings == check_recipe(plan_of("qwen-cgd")).warnings


@pytest.mark.parametrize("setting", ["dataset_prepared_path=null", "dataset_prepared_path=cache"])
def test_a_cache_that_does_not_follow_the_rows_is_warned_about(setting, render_recipe):
    rendered = render_recipe("qwen-cgd", f"train.axolotl.{setting}")
    (warning,) = [warning for warning in rendered.warnings if "dataset_prepared_path" in warning]
    assert "earlier rows" in warning
    assert not any("dataset_prepared_path" in warning for warning in render_recipe("qwen-cgd").warnings)


def test_another_loss_mask_is_warned_about():
    plan = plan_of("qwen-cgd", f"datasets=[{DATASET}, roles_to_train: [user, assistant]}}]")
    (warning,) = [warning for warning in check_recipe(plan).warnings if "loss mask" in warning]
    assert "['user', 'assistant']" in warning
