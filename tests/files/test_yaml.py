"""YAML in and out."""

import pytest
import yaml

from cgd_recipes.errors import RecipeError
from cgd_recipes.files.yaml import dump_yaml, parse_yaml


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-6", 1e-6), ("5E5", 5e5), (".5", 0.5), ("010", 10), ("0x1f", 31), ("0o17", 15), ("-3", -3),
        ("no", "no"), ("on", "on"), ("12:30:00", "12:30:00"), ("2026-01-01", "2026-01-01"), ("1_000", "1_000"),
        ("true", True), ("~", None), ("", None), ("'1'", "1"), ("v1.0", "v1.0"), ("1.2.3", "1.2.3"),
    ],
)  # fmt: skip
def test_scalars_are_what_they_look_like(text, value):
    assert parse_yaml(f"a: {text}\n", "f").value == {"a": value}


@pytest.mark.parametrize(
    "value",
    [
        "no",
        "1e-6",
        "010",
        "12:30:00",
        "2026-01-01",
        "null",
        "a: b",
        "x\ny\n",
        "- a",
        "",
        "=",
        "<<",
        "\u200b<",
        1e-6,
        1e20,
    ],
)
def test_what_we_write_is_read_back_by_both_yaml_versions(value):
    text = dump_yaml({"a": value})
    assert yaml.safe_load(text) == {"a": value}
    assert parse_yaml(text, "f").value == {"a": value}


def test_places_of_keys():
    document = parse_yaml("a:\n  - b: 1\n    c: 2\n", "f.yaml")
    assert str(document.keys[("a", 0, "c")]) == "f.yaml:3:5"


def test_all_duplicate_keys_are_named():
    with pytest.raises(RecipeError) as caught:
        parse_yaml("a: 1\nb: {c: 1, c: 2}\na: 2\n", "f")
    assert [str(problem) for problem in caught.value.problems] == [
        "f:2:11: duplicate key 'c' (first on line 2)",
        "f:3:1: duplicate key 'a' (first on line 1)",
    ]


def test_files_that_are_not_text(tmp_path):
    from cgd_recipes.files.yaml import read_yaml

    path = tmp_path / "a.yaml"
    path.write_bytes(b"a: \xff\n")
    with pytest.raises(RecipeError, match="not UTF-8 text"):
        read_yaml(path)
    with pytest.raises(RecipeError, match="cannot be read"):
        read_yaml(tmp_path)


@pytest.mark.parametrize("opening", ["[", "{a: "])
def test_deep_nesting_is_an_error_and_no_crash(opening):
    # Newer releases of libyaml have a limit of their own, and reach it first.
    with pytest.raises(RecipeError, match=r"nested more than|maximum nesting depth"):
        parse_yaml("a: " + opening * 100_000, "f")
