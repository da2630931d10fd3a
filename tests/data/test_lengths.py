"""Rows that are too long are found before training; how lengths are told."""

import json

import pytest
from helpers.lists import some
from helpers.rows import examples_of, make_row

from cgd_recipes.data.chat import load_chat
from cgd_recipes.data.lengths import LengthTally
from cgd_recipes.data.measure import ESTIMATE_MARGIN, Measure
from cgd_recipes.errors import RecipeError
from cgd_recipes.files.shipped import shipped_names
from cgd_recipes.recipe.resolve import load_recipe
from cgd_recipes.trainers.plan import make_plan
from cgd_recipes.trainers.registry import trainer_of


def manifest_of(rendered):
    return json.loads((rendered.folder / "manifest.json").read_text())


def rows_with(long: dict[int, int], count: int = 40, field: str = "refined_response"):
    """Rows of which some have a field of so many characters."""
    return [make_row(n, **({field: "word " * (long[n] // 5)} if n in long else {})) for n in range(count)]


def test_rows_that_are_surely_too_long_are_left_out_and_listed(render_recipe, write_rows):
    source = f"data.source={write_rows(rows_with({7: 40_000}))}"
    rendered = render_recipe("qwen-cgd", source)
    assert len(examples_of(rendered)) == rendered.data.counts.examples == 39
    assert rendered.data.counts.rejected == {"longer than sequence_len": 1}
    assert rendered.data.counts.not_drawn == 0
    listed = json.loads((rendered.folder / "data" / "rejected.jsonl").read_text())
    assert listed.pop("tokens") > 14_000
    assert listed == {"id": "r7", "file": "rows.jsonl", "line": 8, "reason": "longer than sequence_len"}
    assert manifest_of(rendered)["rows"]["rejected"] == {"longer than sequence_len": 1}
    assert manifest_of(rendered)["lengths"]["too_long"] == 1
    assert "Left out because they are longer: 1." in (rendered.folder / "data" / "README.md").read_text()


def test_nothing_is_cut(render_recipe, write_rows):
    rows = rows_with({7: 40_000, 3: 12_000})
    rendered = render_recipe("qwen-cgd", f"data.source={write_rows(rows)}")
    whole = {row["id"]: row["refined_response"].strip() for row in rows}
    for example in examples_of(rendered):
        assert example["messages"][-1]["content"] == whole[example["id"]]


def test_an_estimate_keeps_what_may_fit_and_warns(render_recipe, write_rows):
    rendered = render_recipe("qwen-cgd", f"data.source={write_rows(rows_with({7: 15_000}))}")
    assert rendered.data.counts.examples == 40
    assert rendered.data.lengths.maybe_too_long == manifest_of(rendered)["lengths"]["maybe_too_long"] == 1
    (warning,) = [warning for warning in rendered.warnings if "may be longer" in warning]
    assert "estimated at 2.7 characters per token" in warning
    assert "Axolotl drops" in warning
    source = f"data.source={write_rows(rows_with({7: 15_000}, 80))}"
    told = render_recipe("qwen-cgd", source, "train.trainer=torchtune")
    assert any("torchtune stops" in warning for warning in told.warnings)


def test_too_long_can_be_an_error(render_recipe, write_rows, tmp_path):
    source = f"data.source={write_rows(rows_with(dict.fromkeys(range(5), 40_000), 200))}"
    with pytest.raises(RecipeError) as caught:
        render_recipe("qwen-cgd", source, "data.overlong=error", folder=tmp_path / "out")
    (problem,) = caught.value.problems
    assert problem.where.source.endswith("qwen-cgd.yaml") or problem.where.source.endswith("full.yaml")
    assert problem.where.line
    message = problem.message
    assert message.startswith("5 of 200 examples are longer than 4,096 tokens: ")
    assert sum(f"r{number}," in message or f"r{number} ..." in message for number in range(5)) == 3
    assert "raise train.sequence_len or set data.overlong: drop" in message
    assert not (tmp_path / "out").exists()
    assert len((tmp_path / "out.rejected.jsonl").read_text().splitlines()) == 5
    assert render_recipe("qwen-cgd", source).data.counts.examples == 195


def test_more_than_max_rejected_stops(render_recipe, write_rows):
    rows = rows_with(dict.fromkeys(range(10), 40_000))
    source = f"data.source={write_rows(rows)}"
    with pytest.raises(RecipeError, match=r"10 of 40 .* more than data.max_rejected 0.05 allows"):
        render_recipe("qwen-cgd", source)
    assert render_recipe("qwen-cgd", source, "data.max_rejected=0.5").data.counts.examples == 30


@pytest.mark.parametrize("overlong", ["drop", "error"])
def test_when_all_rows_are_too_long_only_a_longer_sequence_helps(overlong, render_recipe, write_rows):
    source = f"data.source={write_rows(rows_with(dict.fromkeys(range(40), 40_000)))}"
    with pytest.raises(RecipeError, match=r"40 of 40 .* so that no row is left") as caught:
        render_recipe("qwen-cgd", source, "data.max_rejected=1", f"data.overlong={overlong}")
    assert "raise train.sequence_len; they" in str(caught.value)
    assert "max_rejected" not in str(caught.value)


def test_a_draw_is_not_refilled(render_recipe, write_rows):
    source = f"data.source={write_rows(rows_with({7: 40_000}, 60))}"
    order = [example["id"] for example in examples_of(render_recipe("llama-cgd", source, "train.sequence_len=100000"))]
    place = order.index("r7") + 1
    short = render_recipe("qwen-cgd", source, f"data.sample={place + 2}", "data.max_rejected=0.5")
    assert [example["id"] for example in examples_of(short)] == [one for one in order[: place + 2] if one != "r7"]


def test_matched_methods_leave_out_the_same_rows(render_recipe, write_rows):
    source = f"data.source={write_rows(rows_with({7: 40_000}, field='critique'))}"
    match = "data.match_methods=[sft, cgd, irrelevant-critique]"
    alone = render_recipe("qwen-sft", source)
    assert alone.data.counts.examples == 40
    sft, cgd = (render_recipe(name, source, match) for name in ("qwen-sft", "qwen-cgd"))
    assert [one["id"] for one in examples_of(sft)] == [one["id"] for one in examples_of(cgd)]
    # r7 with cgd, and the row that borrows its critique with irrelevant-critique.
    assert sft.data.counts.examples == 38
    assert sft.data.counts.rejected == {"longer than sequence_len with a method of data.match_methods": 2}


def test_a_pair_is_as_long_as_its_longer_half(render_recipe, write_rows):
    source = f"data.source={write_rows(rows_with({7: 40_000}, field='student_response'))}"
    assert render_recipe("qwen-cgd", source, "method=dpo").data.counts.rejected == {"longer than sequence_len": 1}


def test_the_trainers_own_setting_is_the_limit(render_recipe):
    assert render_recipe("llama-cgd", "train.axolotl.sequence_len=2048").data.lengths.measure.limit == 2048
    assert render_recipe("llama-cgd", "train.trainer=torchtune").data.lengths.measure.limit == 8192


def test_histogram_and_percentiles():
    lengths = LengthTally(Measure(4096, 3.0, None, "of a reason"))
    lengths.counted.update([100] * 50 + [128] * 40 + [129] * 9 + [5000])
    summary = lengths.summary()
    assert (summary["p50"], summary["p95"], summary["max"]) == (100, 129, 5000)
    filled = {bin["up_to"]: bin["examples"] for bin in summary["histogram"] if bin["examples"]}
    assert filled == {128: 90, 256: 9, 8192: 1}
    assert sum(bin["examples"] for bin in summary["histogram"]) == 100
    assert len(summary["histogram"]) == 10
    assert summary["maybe_too_long"] == 1
    assert summary["basis"] == "estimated at 3 characters per token, because of a reason"
    assert LengthTally(Measure(10, 3.0, None)).summary()["max"] == 0


@pytest.mark.parametrize("family", some(shipped_names("recipes/families"), 4))
def test_lengths_of_the_sample_rows_are_estimated(family, render_recipe):
    rendered = render_recipe(f"{family}-cgd")
    summary = manifest_of(rendered)["lengths"]
    assert summary["lengths"] == "estimated"
    assert 400 < summary["p50"] < summary["p95"] < summary["max"] < 2000
    text = (rendered.folder / "data" / "README.md").read_text()
    assert "| tokens (estimated) | examples |" in text


def test_an_estimate_is_sure_only_far_above_the_limit():
    measure = Measure(1000, 2.5, None)
    assert not measure.rejects(ESTIMATE_MARGIN * 1000)
    assert measure.rejects(ESTIMATE_MARGIN * 1000 + 1)


@pytest.mark.parametrize(
    ("setting", "reason"),
    [
        ("train.epochs=1", "the student is not a local folder"),
        ("train.axolotl.tokens=['<x>']", "train.axolotl.tokens changes what is tokenized"),
        ("train.trainer=torchtune", "neither the student nor train.checkpoint_dir is a local folder"),
    ],
)
def test_why_lengths_are_estimated(setting, reason):
    assert chat_of(make_plan(load_recipe("qwen-cgd", [setting]))) == reason


def chat_of(plan):
    return load_chat(plan, trainer_of(plan).build(plan))


def local_student(folder, **files):
    facts = {"model_type": "qwen2", "max_position_embeddings": 4096}
    for name, text in {"config.json": json.dumps(facts), **files}.items():
        (folder / name).write_text(text)
    return f"student={folder}"


def test_a_local_student_without_what_is_needed(tmp_path):
    def reason(*settings: str):
        return chat_of(make_plan(load_recipe("qwen-cgd", [local_student(tmp_path), *settings])))

    assert reason() == "the student's folder has no chat template"
    assert reason("train.axolotl.chat_template=chatml") == "the chat template 'chatml' is Axolotl's own"
    (tmp_path / "chat_template.jinja").write_text("{{ messages }}")
    assert reason() == "the student's folder has no tokenizer.json"
    (tmp_path / "tokenizer_config.json").write_text("{")
    with pytest.raises(RecipeError, match=r"tokenizer_config.json cannot be read"):
        reason()
