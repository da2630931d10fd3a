"""The Axolotl check, by example: configs that must pass, and configs with the findings they must give."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from helpers.plain import plain_yaml
from jsonschema import Draft202012Validator

from cgd_recipes.errors import Finding, RecipeError, dotted
from cgd_recipes.files.shipped import data_root
from cgd_recipes.files.yaml import read_yaml
from cgd_recipes.trainers.axolotl.check import axolotl_versions, check_axolotl
from cgd_recipes.trainers.places import Places

CASES = Path(__file__).parents[1] / "cases" / "axolotl"
OK = sorted((CASES / "ok").glob("*.yaml"))
ERR = sorted((CASES / "err").glob("*.yaml"))
VENDOR = data_root() / "schemas" / "vendor"
RULES: dict[str, Any] = read_yaml(VENDOR / "axolotl.rules.yaml").value


def schema(version: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((VENDOR / f"axolotl-{version}.schema.json").read_text(encoding="utf-8"))
    return loaded


SHAPE_OF_RULES = {
    "type": "object",
    "required": ["$defs", "rules"],
    "additionalProperties": False,
    "properties": {
        "$defs": {"type": "object"},
        "rules": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "at", "when", "message"],
                "additionalProperties": False,
                "properties": {
                    "id": {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"},
                    "at": {"type": "string", "pattern": r"^\w+(\.\w+)*$"},
                    "when": {"$ref": "https://json-schema.org/draft/2020-12/schema"},
                    "each": {"type": "array", "items": {"enum": ["datasets", "test_datasets"]}},
                    "message": {"type": "string", "minLength": 20},
                    "related": {"type": "array", "items": {"enum": list(schema(axolotl_versions()[0])["properties"])}},
                    "versions": {"type": "array", "items": {"enum": axolotl_versions()}},
                },
            },
        },
    },
}


def options(path: Path) -> dict[str, Any]:
    """Arguments for check_axolotl from a case's `# check: {...}` comment."""
    comment = re.search(r"^# check: (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    arguments: dict[str, Any] = plain_yaml(comment[1]) if comment else {}
    if "folder" in arguments:
        arguments["places"] = Places(path.parent / arguments.pop("folder"))
    return arguments


def findings(path: Path, **arguments: Any) -> list[Finding]:
    return check_axolotl(read_yaml(path).value, **{**options(path), **arguments})


def test_no_case_is_lost() -> None:
    assert (len(OK), len(ERR)) == (19, 108), "write the new numbers here if the change is meant"
    assert {path.stem for path in ERR} == {path.stem for path in (CASES / "err").glob("*.txt")}


@pytest.mark.parametrize("version", axolotl_versions())
@pytest.mark.parametrize("path", OK, ids=lambda path: path.stem)
def test_right_config_has_no_findings(path: Path, version: str) -> None:
    assert findings(path, version=version) == []


@pytest.mark.parametrize("path", ERR, ids=lambda path: path.stem)
def test_wrong_config_has_these_findings(path: Path) -> None:
    lines = [f"{dotted(found.path)}: {found.message}" for found in findings(path)]
    assert lines == path.with_suffix(".txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("path", ERR, ids=lambda path: path.stem)
def test_wrong_config_says_what_axolotl_makes_of_it(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert re.fullmatch(r"# axolotl 0\.19 (lets it pass|rejects it)(, 0\.21 (lets it pass|rejects it))?", first)


def test_rules_have_their_shape() -> None:
    assert [error.message for error in Draft202012Validator(SHAPE_OF_RULES).iter_errors(RULES)] == []
    identifiers = [rule["id"] for rule in RULES["rules"]]
    assert len(identifiers) == len({*identifiers})


def test_every_rule_has_a_case() -> None:
    texts = "\n".join(path.read_text(encoding="utf-8") for path in CASES.glob("err/*.txt"))
    missing = []
    for rule in RULES["rules"]:
        message = re.escape(rule["message"]).replace(r"\{value\}", ".*")
        if not re.search(rf"{re.escape(rule['at'])}: {message}$", texts, re.MULTILINE):
            missing.append(rule["id"])
    assert missing == [], "add a config to tests/cases/axolotl/err for each of these"


@pytest.mark.sweep
@pytest.mark.parametrize("version", axolotl_versions())
def test_vendored_schemas_are_schemas(version: str) -> None:
    Draft202012Validator.check_schema(schema(version))


def test_vendored_files_are_those_recorded() -> None:
    sources = (VENDOR / "SOURCES.md").read_text(encoding="utf-8")
    recorded = dict(re.findall(r"^\| (axolotl-\S+\.json) \|.*\| ([0-9a-f]{64}) \|$", sources, re.MULTILINE))
    hashes = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in VENDOR.glob("axolotl-*.schema.json")}
    assert recorded == hashes, "run tools/snapshot_axolotl.py and record its hashes in SOURCES.md"


def test_every_object_with_known_keys_is_closed() -> None:
    variants = {"SFTDataset", "DPODataset", "KTODataset", "StepwiseSupervisedDataset", "SyntheticDataset"}
    for version in axolotl_versions():
        document = schema(version)
        closed = {name for name, part in document["$defs"].items() if part.get("additionalProperties") is False}
        # Those five only type the entries of datasets; Dataset, which is closed, names their keys.
        assert set(document["$defs"]) - closed == variants
        assert document["additionalProperties"] is False


def test_unknown_version_is_the_users_mistake() -> None:
    with pytest.raises(RecipeError, match=r"axolotl-0\.19\.1.*did you mean 'axolotl-0\.19\.0'"):
        check_axolotl({}, version="0.19.1")


def test_plugin_of_the_users_own_may_add_keys() -> None:
    config = {**read_yaml(CASES / "ok" / "lora.yaml").value, "plugins": ["mine.Plugin"], "zebra_crossings": 3}
    assert check_axolotl(config) == []
    config["lora_rr"] = 16
    assert [found.path for found in check_axolotl(config)] == [("lora_rr",)]


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"datasets": [1, None, "x"]},
        {"datasets": {"a": 1}},
        {"plugins": 5, "fsdp_config": []},
        {"sequence_len": float("inf"), "micro_batch_size": float("nan"), "tensor_parallel_size": "1e999"},
    ],
)
def test_any_plain_values_are_answered(config: dict[str, Any]) -> None:
    assert check_axolotl(
        config, world_size=2, global_batch_size=4, decoder_layer="A", max_positions=1, places=Places(CASES)
    )


def test_text_may_spell_a_number() -> None:
    config = read_yaml(CASES / "ok" / "lora.yaml").value
    assert check_axolotl({**config, "lora_r": "16", "learning_rate": "2e-4"}) == []
    found = check_axolotl({**config, "lora_r": "1.5", "relora_prune_ratio": "15e-1"})
    assert sorted(finding.message for finding in found) == [
        "'lora_r' must be a whole number, found '1.5'",
        "'relora_prune_ratio' must be at most 1.0, found '15e-1'",
    ]


def test_batch_counts_gpus_that_share_a_sequence_once() -> None:
    config = read_yaml(CASES / "ok" / "lora.yaml").value
    assert check_axolotl(config, world_size=8, global_batch_size=64) == []
    halved = {**config, "context_parallel_size": 2, "attn_implementation": "flash_attention_2"}
    assert [found.message for found in check_axolotl(halved, world_size=8, global_batch_size=64)] == [
        "2 (micro_batch_size) x 4 (gradient_accumulation_steps) x 4 (GPUs) makes a batch of 32, not 64; "
        "set gradient_accumulation_steps: 8"
    ]


@pytest.mark.processes
def test_import_is_light() -> None:
    code = "import sys, cgd_recipes.trainers.axolotl.check; print({'jsonschema', 'torch', 'jinja2'} & set(sys.modules))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "set()\n"
