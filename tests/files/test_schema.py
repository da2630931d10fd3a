"""What schemas say of values as YAML gives them."""

import pytest

from cgd_recipes.errors import RecipeError
from cgd_recipes.files.schema import check_schema
from cgd_recipes.files.validators import read_whole_numbers, trainer_validator
from cgd_recipes.recipe.resolve import load_recipe


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("train.global_batch_size=64.0", 64),
        ("data.seed=42.0", 42),
        ("data.seed=1e3", 1000),
        ("data.sample=1e5", 100_000),
        ("train.lora.r=16.0", 16),
        ("launch.nodes=2.", 2),
    ],
)
def test_whole_numbers_may_be_written_as_floats(setting, value):
    path = setting.partition("=")[0].split(".")
    read = load_recipe("qwen-cgd", [setting]).get(*path)
    assert (read, type(read)) == (value, int)


def test_whole_numbers_in_lists():
    read = load_recipe("qwen-cgd", ["evaluate.pass_at=[1.0, 8e0]"]).get("evaluate", "pass_at")
    assert [(value, type(value)) for value in read] == [(1, int), (8, int)]


@pytest.mark.parametrize(
    ("setting", "found"),
    [
        ("train.epochs=1.5", "found 1.5"),
        ("train.epochs='8'", "found '8'; write 8 without quotes"),
        ("train.epochs=true", "found true"),
        ("train.epochs=.inf", "found Infinity"),
        ("data.seed=1e300", "found 1e+300"),
    ],
)
def test_what_is_no_whole_number_is_an_error(setting, found):
    with pytest.raises(RecipeError) as caught:
        load_recipe("qwen-cgd", [setting])
    assert str(caught.value).endswith(f"must be a whole number, {found}")


def test_what_was_right_once_is_told_from_what_looks_like_it():
    schema = {
        "properties": {
            "a": {"enum": [1, "x"]},
            "b": {"type": ["null", "array"]},
            "c": {"properties": {"a": {"enum": [2]}}},
        },
        "required": ["a"],
    }
    validator = trainer_validator(schema)
    for right in ({"a": 1, "b": None}, {"a": "x", "b": [1]}, {"a": 1, "c": {"a": 2}}):
        assert not list(validator.iter_errors(right)) and not list(validator.iter_errors(right))
    wrong = [
        {"a": True},
        {"a": 2},
        {"a": 1, "b": float("nan")},
        {"a": 1, "b": 1},
        {"a": 1, "c": {"a": 1}},
        {"b": None},
        {"c": {"a": 2}},
    ]
    for config in wrong * 2:
        assert len(list(validator.iter_errors(config))) == 1, config
    both = [list(error.path) for error in validator.iter_errors({"c": {"a": 1}, "b": 1, "a": 9})]
    assert both == [["a"], ["b"], ["c", "a"]]


def test_numbers_stay_what_they_are_where_fractions_are_allowed():
    value = {"rate": 1.0, "either": 2.0, "steps": 3.0, "below": [{"steps": 4.0}]}
    steps = {"steps": {"type": ["integer", "null"]}}
    schema = {
        "properties": {
            "rate": {"type": "number"},
            "either": {"anyOf": [{"type": "integer"}, {"type": "number"}]},
            "below": {"items": {"properties": steps}},
            **steps,
        }
    }
    read_whole_numbers(value, schema)
    assert repr(value) == "{'rate': 1.0, 'either': 2.0, 'steps': 3, 'below': [{'steps': 4}]}"


@pytest.mark.parametrize("name", ["x\n", "x\r", "a b", "$(x)"])
def test_a_pattern_holds_to_the_end_of_the_text(name):
    assert [finding.path for finding in check_schema({"name": name}, "recipe")] == [("name",)]


@pytest.mark.parametrize(
    "key", ["data.max_rejected", "train.weight_decay", "train.epochs", "evaluate.temperature", "train.axolotl"]
)
def test_nan_is_no_value_of_any_setting(key):
    value = "{weight_decay: .NaN}" if key == "train.axolotl" else ".nan"
    with pytest.raises(RecipeError, match="is not a number"):
        load_recipe("qwen-cgd", [f"{key}={value}"])


@pytest.mark.parametrize("key", ["train.weight_decay", "train.max_grad_norm", "evaluate.temperature"])
def test_infinity_is_no_number_of_a_recipe(key):
    with pytest.raises(RecipeError, match=r"must be a number.*found Infinity"):
        load_recipe("qwen-cgd", [f"{key}=.inf"])


def test_a_number_in_quotes_beside_a_word_is_told():
    with pytest.raises(RecipeError, match=r"must be a whole number, found '8'; write 8 without quotes"):
        load_recipe("qwen-cgd", ["evaluate.batch_size='8'"])
    with pytest.raises(RecipeError, match=r"found '\uff18'$"):
        load_recipe("qwen-cgd", ["train.epochs=\uff18"])
