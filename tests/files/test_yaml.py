"""YAML in and out."""

import pytest
from helpers.plain import plain_yaml

from cgd_recipes.errors import RecipeError
from cgd_recipes.files.yaml import Dialect, parse_yaml, read_yaml
from cgd_recipes.files.yaml_out import dump_yaml


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
    assert plain_yaml(text) == {"a": value}
    assert parse_yaml(text, "f").value == {"a": value}


def test_blank_lines_at_the_end_of_a_text_end_no_file():
    value = {"a": "x\n\n", "b": {"c": "y\n\n"}, "d": "...\n", "e": 1}
    assert dump_yaml(value) == "a: |+\n  x\n\nb:\n  c: |+\n    y\n\nd: |\n  ...\ne: 1\n"
    assert plain_yaml(dump_yaml(value)) == value
    assert dump_yaml({"a": "x\n\n"}) == "a: |+\n  x\n\n...\n"


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


TRAINERS_OWN = [Dialect.PYYAML, Dialect.OMEGACONF]


@pytest.mark.parametrize("dialect", TRAINERS_OWN)
@pytest.mark.parametrize(
    "text",
    [
        "a: 500_000", "a: 010", "a: 0b11", "a: 1_0.5", "a: [yes, off, no, y]", "a: 12:30:00", "a: 1.5", "a: -.inf", "a: '1_0'",
        "a: ~", "a: {<<: {b: 1}, c: 2}", "a: &x {b: 1, c: 2}\nd: {<<: *x, c: 3}", "a: {'<<': 1}",
        "a: 0o17", "a: 1e3.0",
    ],
)  # fmt: skip
def test_a_trainers_own_yaml_is_read_like_safe_load(text, dialect):
    assert parse_yaml(text, "f", dialect).value == plain_yaml(text)


@pytest.mark.parametrize("dialect", TRAINERS_OWN)
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{<<: [{long: 1}, {long: 2, c: 3}]}", {"long": 1, "c": 3}),
        ("{<<: {<<: {long: 1, c: 2}, long: 3}}", {"long": 3, "c": 2}),
        ("{<<: {long: 1}, <<: {long: 2}}", {"long": 2}),
        ("{long: 3, <<: {long: 2}}", {"long": 3}),
    ],
)
def test_of_merged_keys_the_nearest_wins(text, value, dialect):
    # As YAML's page on merge keys says it; PyYAML 6.0.4 and those before do not agree on each of these.
    assert parse_yaml(text, "f", dialect).value == value


def test_the_two_trainers_differ_in_numbers_and_dates():
    text = "a: [1e-6, 5E5, 2026-01-01]"
    assert parse_yaml(text, "f", Dialect.PYYAML).value == plain_yaml(text)
    assert parse_yaml(text, "f", Dialect.OMEGACONF).value == {"a": [1e-6, 5e5, "2026-01-01"]}


def test_a_merged_key_stands_where_it_was_written():
    document = parse_yaml("a: &x\n  b: 1\nc:\n  <<: *x\n  d: 2\n", "f", Dialect.PYYAML)
    assert [str(document.where(("c", key))) for key in ("b", "d")] == ["f:2:3", "f:5:3"]


@pytest.mark.parametrize("dialect", TRAINERS_OWN)
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: {b: 1, b: 2}", "f:1:11: duplicate key 'b'"),
        ("a: {<<: 1}", "f:1:9: a merge key (<<) takes a mapping"),
        ("a: {<<: [{b: 1}, 2]}", "f:1:18: a merge key (<<) takes a mapping"),
        ("a: &x {<<: *x}", "merges itself"),
        ("a: &x [*x]", "contains itself"),
        ("a: !!python/name:os.system x", "f:1:4: unknown tag"),
        ("a: !!python/object:os.x {b: 1}", "f:1:4: unknown tag"),
        ("a: !!map x", "f:1:4: unknown tag"),
        ("a: !!timestamp x", "f:1:4: unknown tag or bad value"),
        ("a: !!int ''", "f:1:4: unknown tag or bad value"),
        ("a: !!bool maybe", "f:1:4: unknown tag or bad value"),
        ("a: 1" + ":00" * 1000, "f:1:4: unknown tag or bad value"),
        ("a: =", "f:1:4: unknown tag or bad value"),
    ],
)
def test_a_trainers_own_yaml_keeps_the_limits(text, message, dialect):
    with pytest.raises(RecipeError) as caught:
        parse_yaml(text, "f", dialect)
    assert message in str(caught.value)


def test_merge_keys_that_explode_are_an_error():
    lines = ["k0: &k0 {a: 1, b: 2}"]
    lines += [f"k{n}: &k{n} {{<<: [{', '.join([f'*k{n - 1}'] * 9)}], c{n}: 1}}" for n in range(1, 12)]
    with pytest.raises(RecipeError, match="more than 20,000 values"):
        parse_yaml("\n".join(lines), "f", Dialect.PYYAML)


@pytest.mark.parametrize("text", ["a: !foo {b: 1}", "a: !!set {b}", "a: !!omap [b: 1]"])
def test_a_tag_on_a_mapping_or_a_list_is_an_error(text):
    with pytest.raises(RecipeError, match="f:1:4: unknown tag"):
        parse_yaml(text, "f")


def test_a_file_that_is_read_again_is_as_it_is_on_disk(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("a: {b: [1]}\n")
    first = read_yaml(path)
    first.value["a"]["b"].append(2)
    first.keys.clear()
    assert (read_yaml(path).value, str(read_yaml(path).where(("a", "b", 0)))) == ({"a": {"b": [1]}}, f"{path}:1:9")
    path.write_text("a: {b: [3]}\n")
    assert read_yaml(path).value == {"a": {"b": [3]}}
    assert read_yaml(path, dialect=Dialect.PYYAML).value == {"a": {"b": [3]}}
