"""The tool that compares what the trainers made of the same rows, on what they did make of them."""

from __future__ import annotations

import copy
import json
import sys

import pytest
from helpers.shipped import FAMILIES, ROOT, family_values

sys.path.append(str(ROOT / "tools"))
import conformance

RECORD = json.loads(conformance.RECORD.read_text(encoding="utf-8"))


def test_what_is_recorded_agrees_and_is_the_table_of_the_docs():
    assert list(conformance.differences(RECORD)) == []
    page = conformance.PAGE.read_text(encoding="utf-8")
    assert conformance.page_with(RECORD, page) == page, "run: python tools/conformance.py --table"
    for trainer, version in {"axolotl": "0.19.0", "torchtune": "0.6.1", "trl": "1.16.0"}.items():
        assert f" {trainer} {version} |" in page


@pytest.mark.parametrize("trainer", RECORD)
def test_every_family_that_a_trainer_can_train_is_recorded(trainer):
    able = {name for name in FAMILIES if trainer not in family_values(name).get("unsupported", {})}
    able -= {"gpt-oss", "deepseek-r1-distill"}
    assert {*RECORD[trainer][trainer]} == able == {*RECORD[trainer]["plain"]}


def doctored(trainer, who, key, value):
    facts = copy.deepcopy(RECORD)
    facts[trainer][who]["qwen"][key] = value
    return facts


@pytest.mark.parametrize(
    ("key", "value", "found"),
    [
        ("ids", "x", "qwen, trl and the plain loop: ids x and "),
        ("mask", "x", "qwen, trl and the plain loop: mask x and "),
        ("trained", 3, "qwen, trl and the plain loop: trained 3 and "),
        ("first_loss", 9.0, "qwen, trl and the plain loop: first loss 9.0 and "),
        ("loss_after_five_steps", float("nan"), "qwen, trl and the plain loop: loss after five steps nan and "),
    ],
)
def test_a_difference_is_found(key, value, found):
    facts = doctored("trl", "trl", key, value)
    (said,) = conformance.differences(facts)
    assert said.startswith(found)
    (said,) = conformance.changes(facts, RECORD)
    assert said.startswith(found.replace("the plain loop", "its record"))


def test_plain_loops_of_two_environments_are_compared():
    facts = doctored("trl", "plain", "ids", "x")
    assert [said.partition(": ")[0] for said in conformance.differences(facts)] == [
        "qwen, plain loops beside trl and another trainer",
        "qwen, trl and the plain loop",
    ]


def test_losses_may_differ_by_what_rounding_does():
    assert (
        list(
            conformance.differences(
                doctored("trl", "trl", "first_loss", RECORD["trl"]["plain"]["qwen"]["first_loss"] + 5e-5)
            )
        )
        == []
    )


def test_other_versions_and_what_was_not_run_are_told():
    facts = copy.deepcopy(RECORD)
    del facts["torchtune"], facts["axolotl"]["axolotl"]["olmo"]
    facts["trl"]["versions"]["trl"] = "2.0"
    said = list(conformance.changes(facts, RECORD))
    assert said[:2] == ["axolotl olmo: not run", "torchtune: not run"]
    assert said[2].startswith("trl: run with {'trl': '2.0'")


def test_nothing_is_recorded_that_does_not_agree(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(conformance, "RECORD", tmp_path / "record.json")
    monkeypatch.setattr(conformance, "PAGE", tmp_path / "page.md")
    for facts, code in ((doctored("trl", "trl", "ids", "x"), 1), (RECORD, 0)):
        (tmp_path / "page.md").write_text(f"a\n{conformance.BEGIN}\nold\n{conformance.END}\nb\n")
        for trainer, found in facts.items():
            (tmp_path / "facts").mkdir(exist_ok=True)
            (tmp_path / "facts" / f"{trainer}.json").write_text(json.dumps(found))
        assert conformance.main([str(tmp_path / "facts"), "--write"]) == code
        assert (tmp_path / "record.json").exists() == (code == 0)
    assert "| qwen | " in (tmp_path / "page.md").read_text()
    assert conformance.main([str(tmp_path / "facts")]) == 0
