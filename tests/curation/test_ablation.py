"""Ablations of critiques, and mixtures of methods: what changes, and that nothing else does."""

import json

import pytest
from helpers.rows import examples_of, make_row

from cgd_recipes.data.verdict import parse_verdict
from cgd_recipes.errors import RecipeError

ROWS = [
    make_row(
        n,
        student_response=f"It is {n}.",
        critique=f"Row {n}. {'Look once more at it. ' * (n % 13)}\nConclusion: {'right' if n % 3 == 0 else 'wrong'}",
    )
    for n in range(70)
]
BY_ID = {row["id"]: row for row in ROWS}


@pytest.fixture
def curated(render_recipe, write_rows, tmp_path):
    recipe = tmp_path / "mine.yaml"
    recipe.write_text("extends: [llama-cgd, base/curate]\nname: mine\ncurate: {truth: false}\n")

    def run(*settings, rows=ROWS):
        return render_recipe(str(recipe), f"data.source={write_rows(rows)}", *settings)

    return run


def critiques_of(rendered):
    shown = {example["id"]: example["messages"][-2]["content"] for example in examples_of(rendered)}
    return {name: text.partition("Critique: ")[2] for name, text in shown.items()}


def without_critique(rendered):
    return [
        (example["id"], example["messages"][-1], example["messages"][-2]["content"].partition("Critique: ")[0])
        for example in examples_of(rendered)
    ]


def test_irrelevant_critiques_are_a_derangement_within_verdict_and_about_the_length(curated):
    plain, rendered = curated(), curated("curate.ablation={critiques: irrelevant, rate: 1}")
    own, found = critiques_of(plain), critiques_of(rendered)
    assert without_critique(plain) == without_critique(rendered)
    assert sorted(found.values()) == sorted(own.values())  # every critique once
    assert all(found[name] != own[name] for name in own)
    assert all(parse_verdict(found[name]) == parse_verdict(own[name]) for name in own)
    assert max(abs(len(found[name]) - len(own[name])) for name in own) <= 2 * len("Look once more at it. ")
    assert json.loads((rendered.folder / "manifest.json").read_text())["curation"]["changed"] == {
        "irrelevant": len(ROWS)
    }


def test_at_a_lower_rate_some_rows_change_and_the_others_are_the_same_bytes(curated):
    plain = {example["id"]: example for example in examples_of(curated())}
    before = set()
    for rate in (0.2, 0.6):
        some = examples_of(curated(f"curate.ablation={{critiques: flipped, rate: {rate}}}"))
        changed = {example["id"] for example in some if example != plain[example["id"]]}
        assert before < changed and abs(len(changed) - rate * len(ROWS)) < 15
        before = changed


def test_flipped_verdicts_change_the_conclusion_alone(curated):
    found = critiques_of(curated("curate.ablation={critiques: flipped, rate: 1}"))
    other = {"right": "wrong", "wrong": "right"}
    for name, text in found.items():
        own = BY_ID[name]["critique"]
        assert text == own.rpartition(" ")[0] + " " + other[parse_verdict(own)]


def test_corrupted_critiques_keep_their_length_in_words_and_their_verdict(curated):
    found = critiques_of(curated("curate.ablation={critiques: corrupted, rate: 0.5}"))
    for name, text in found.items():
        own = BY_ID[name]["critique"]
        assert parse_verdict(text) == parse_verdict(own) and len(text.split()) == len(own.split())
        assert set(text.split()) <= set(own.split())
    assert sum(text != BY_ID[name]["critique"] for name, text in found.items()) > 50


def test_critiques_of_one_question_cannot_be_swapped(curated):
    rows = [make_row(1, id=f"r{n}", reference=str(n)) for n in range(5)]
    with pytest.raises(RecipeError, match="are of too few questions to swap them"):
        curated("curate.ablation={critiques: irrelevant, rate: 1}", rows=rows)


def test_a_mixture_renders_a_share_of_the_rows_by_another_method(curated, render_recipe):
    mixture = "curate.methods={cgd: 0.7, refined-only: 0.3}"
    rendered = curated(mixture)
    by_method = {name: {e["id"]: e for e in examples_of(curated(f"method={name}"))} for name in ("cgd", "refined-only")}
    used = dict.fromkeys(by_method, 0)
    for example in examples_of(rendered):
        (name,) = [name for name, found in by_method.items() if found[example["id"]] == example]
        used[name] += 1
    assert json.loads((rendered.folder / "manifest.json").read_text())["rows"]["methods"] == used
    assert abs(used["refined-only"] - 0.3 * len(ROWS)) < 12
    order = [example["id"] for example in examples_of(rendered)]
    assert order == [example["id"] for example in examples_of(curated())]
    small = examples_of(curated(mixture, "data.sample=20"))
    assert small == examples_of(rendered)[:20]
