"""The TRL check, by example: configs that must pass, and configs with what must be said of them."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

import pytest
from helpers.shipped import ROOT

from cgd_recipes.errors import dotted
from cgd_recipes.files.yaml import Dialect, read_yaml
from cgd_recipes.trainers.places import Places
from cgd_recipes.trainers.rules import rule_file
from cgd_recipes.trainers.trl.check import VERSION, check_trl, likely_command, trl_snapshot

CASES = ROOT / "tests" / "cases" / "trl"
OK = sorted((CASES / "ok").glob("*.yaml"))
ERR = sorted((CASES / "err").glob("*.yaml"))
VENDOR = ROOT / "schemas" / "vendor"
RULES = rule_file("trl")["rules"]


def said_of(path: Path) -> list[str]:
    values = read_yaml(path, dialect=Dialect.PYYAML).value
    checked = check_trl(values, likely_command(values), launches=True, places=Places(path.parent))
    return [f"{dotted(found.path)}: {found.message}" for found in checked.findings] + [
        f"note: {note}" for note in checked.notes
    ]


@pytest.mark.parametrize("path", OK, ids=lambda path: path.stem)
def test_nothing_is_said_of_a_right_config(path):
    assert said_of(path) == []


@pytest.mark.parametrize("path", ERR, ids=lambda path: path.stem)
def test_what_is_said_of_a_wrong_config(path):
    text = "".join(f"{line}\n" for line in said_of(path))
    if os.environ.get("CGD_ACCEPT"):
        path.with_suffix(".txt").write_text(text, encoding="utf-8")
    assert text == path.with_suffix(".txt").read_text(encoding="utf-8")
    assert text


def test_no_case_is_lost():
    assert {path.stem for path in ERR} == {path.stem for path in (CASES / "err").glob("*.txt")}
    assert OK and ERR


def test_every_trap_has_a_case_and_a_line_in_the_docs():
    page = (ROOT / "docs" / "trainers.md").read_text(encoding="utf-8")
    for rule in RULES:
        case = CASES / "err" / f"{rule['id']}.yaml"
        assert case.read_text(encoding="utf-8").startswith(f"# trl 1.16 {rule['trl']}\n")
        expected = f"note: {rule['message']}\n" if rule.get("note") else f"{rule['at']}: {rule['message']}\n"
        assert expected in case.with_suffix(".txt").read_text(encoding="utf-8"), rule["id"]
        assert f"| {rule['trl']} |" in page, rule["id"]


def test_rules_name_keys_and_commands_that_there_are():
    snapshot = trl_snapshot()
    keys = {key for command in snapshot["x-commands"].values() for key in command} | set(snapshot["x-shared"])
    assert {rule["at"] for rule in RULES} <= keys
    assert {name for rule in RULES for name in rule.get("commands", [])} <= set(snapshot["x-commands"])
    experimental = set(snapshot["x-commands"]["sdft"])
    assert not set(rule_file("trl")["earlier_keys"]) & (keys - experimental)
    assert len({rule["id"] for rule in RULES}) == len(RULES)


def test_the_vendored_snapshot_is_the_one_recorded():
    sources = (VENDOR / "SOURCES.md").read_text(encoding="utf-8")
    recorded = dict(re.findall(r"^\| (trl-\S+\.json) \|.*\| ([0-9a-f]{64}) \|$", sources, re.MULTILINE))
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in VENDOR.glob("trl-*.schema.json")}
    assert recorded == found, "run tools/snapshot_trl.py and record the hash in SOURCES.md"
    assert set(found) == {f"trl-{VERSION}.schema.json"}


@pytest.mark.parametrize(
    ("keys", "command"),
    [({"max_length": 8}, "sft"), ({"beta": 0.1, "loss_weights": [1]}, "dpo"), ({"num_generations": 8}, "grpo")],
)
def test_the_command_that_a_file_is_for(keys, command):
    assert likely_command(keys) == command
