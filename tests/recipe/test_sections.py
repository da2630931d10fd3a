"""The types of a recipe's sections say what its schemas say."""

import pytest

from cgd_recipes.files.schema import load_schema
from cgd_recipes.recipe import sections

SECTIONS = {
    "data": sections.DataSection,
    "generate": sections.GenerateSection,
    "curate": sections.CurateSection,
    "role": sections.RoleSection,
    "train": sections.TrainSection,
    "lora": sections.LoraSection,
    "launch": sections.LaunchSection,
    "evaluate": sections.EvaluateSection,
    "output": sections.OutputSection,
}


def schema_of(name):
    schema = load_schema("recipe")
    return schema["$defs"].get(name) or schema["properties"][name]


def required(name):
    whole = load_schema("recipe.resolved")
    if name == "role":
        return whole["$defs"]["role"]["required"]
    return (whole["properties"]["train"]["properties"] if name == "lora" else whole["properties"])[name]["required"]


@pytest.mark.parametrize("name", SECTIONS)
def test_a_section_has_the_keys_of_the_schema(name):
    section = SECTIONS[name]
    assert list(section.__annotations__) == list(schema_of(name)["properties"])
    assert section.__required_keys__ == set(required(name))


def test_every_section_of_the_schema_has_a_type():
    mappings = set(load_schema("recipe")["$defs"])
    assert mappings <= set(SECTIONS)
