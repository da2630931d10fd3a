"""The `curate` section: counted, kept, dropped, changed; the same rows for all methods; nothing without it."""

import json
import sys
from types import SimpleNamespace

import pytest
from helpers.rows import examples_of, make_row, quiet

from cgd_recipes.curation.filters import truth
from cgd_recipes.curation.filters.repetition import Repetition
from cgd_recipes.curation.golds import gold_answer
from cgd_recipes.curation.protocol import Entry
from cgd_recipes.data.rows import Origin, Row
from cgd_recipes.errors import RecipeError
from cgd_recipes.recipe.resolve import load_recipe
from cgd_recipes.rendering.preview import preview

GERMAN = "Das ist nicht richtig, weil der Wert zu klein ist und wir noch eine Zahl haben.\nConclusion: wrong"
RIGHT = {"student_response": "The answer is 13.", "critique": "It holds.\nConclusion: right"}
ROWS = [
    make_row(12),  # the student is wrong, and the critique says so
    make_row(12, id="right", **RIGHT),
    make_row(12, id="false-verdict", student_response="The answer is 13."),
    make_row(12, id="spoiled", refined_response="So \\boxed{14}.", **RIGHT),
    make_row(12, id="open", refined_response="So it goes."),
    make_row(12, id="leak", student_response="The answer is 11.", critique="It is 13.\nConclusion: wrong"),
]


@pytest.fixture
def curated(render_recipe, write_rows, tmp_path):
    recipe = tmp_path / "mine.yaml"
    recipe.write_text("extends: [llama-cgd, base/curate]\nname: mine\n")

    def run(*settings, rows=ROWS, method="cgd", sample="null"):
        source = f"data.source={write_rows(rows)}"
        return render_recipe(
            str(recipe), source, f"method={method}", f"data.sample={sample}", *[f"curate.{each}" for each in settings]
        )

    return run


def manifest_of(rendered):
    return json.loads((rendered.folder / "manifest.json").read_text())


def kept(rendered):
    return sorted(example["id"] for example in examples_of(rendered))


def test_truth_is_counted_and_nothing_is_dropped(curated):
    found = manifest_of(curated())["curation"]
    figures = {name: tuple(both["used"]) for name, both in found["figures"].items()}
    assert found["used"] == len(ROWS)
    expected = {
        "student_accuracy": (3, 6), "teacher_accuracy": (6, 6), "refined_accuracy": (4, 6), "refined_answered": (5, 6),
        "verdict_accuracy": (5, 6), "wrong_to_right": (2, 3), "right_to_wrong": (1, 3), "leakage": (1, 6),
        "leakage_wrong": (1, 4), "leakage_right": (0, 2),
    }  # fmt: skip
    assert {name: figures[name] for name in expected} == expected
    assert found["verdict_against_truth"] == {"right": {"right": 2}, "wrong": {"right": 1, "unanswered": 2, "wrong": 1}}


def test_counting_changes_no_example(curated, render_recipe, write_rows):
    plain = render_recipe("llama-cgd", f"data.source={write_rows(ROWS)}")
    assert curated().outputs["data/train.jsonl"] == plain.outputs["data/train.jsonl"]
    assert "curation" not in manifest_of(plain)


@pytest.mark.parametrize(
    ("setting", "left"),
    [
        ("refined_right", {"r12", "right", "false-verdict", "leak"}),
        ("verdict_true", {"r12", "right", "spoiled", "open", "leak"}),
        ("student_wrong", {"r12", "open", "leak"}),
    ],
)
def test_a_filter_drops_rows_and_lists_each(setting, left, curated):
    rendered = curated(f"{setting}=true")
    assert set(kept(rendered)) == left
    listed = [json.loads(line) for line in (rendered.folder / "data/rejected.jsonl").read_text().splitlines()]
    assert {row["id"] for row in listed} == {row["id"] for row in ROWS} - left
    assert all(row["reason"].startswith(f"curate.{setting}: ") for row in listed)
    assert sum(manifest_of(rendered)["rows"]["dropped"].values()) == len(listed)
    assert f"| dropped by `curate` | {len(listed)} |" in (rendered.folder / "data/README.md").read_text()


def test_leaks_are_dropped_or_masked(curated):
    assert set(kept(curated("leakage=drop"))) == {row["id"] for row in ROWS} - {"leak"}
    rendered = curated("leakage=mask")
    text = next(json.dumps(example) for example in examples_of(rendered) if example["id"] == "leak")
    assert "It is [hidden]." in text
    assert manifest_of(rendered)["curation"]["figures"]["leakage"] == {"examined": [1, 6], "used": [0, 6]}


def test_the_sample_is_filled_past_dropped_rows_with_the_same_rows_for_every_method(curated, write_rows, render_recipe):
    rows = [make_row(n, **({"refined_response": "\\boxed{0}"} if n % 2 else {})) for n in range(60)]
    orders = [
        [example["id"] for example in examples_of(curated("refined_right=true", rows=rows, method=method, sample=20))]
        for method in ("cgd", "sft", "cft")
    ]
    everything = [
        example["id"] for example in examples_of(render_recipe("llama-cgd", f"data.source={write_rows(rows)}"))
    ]
    assert orders[0] == orders[1] == orders[2] == [row for row in everything if int(row[1:]) % 2 == 0][:20]


def test_ratios_are_matched_in_size_and_follow_the_order(curated):
    rows = [make_row(n, **(RIGHT if n < 8 else {})) for n in range(30)]
    for right, wrong in ((8, 0), (6, 2), (2, 6)):
        rendered = curated(f"verdict_ratio={{right: {right / 8}, wrong: {wrong / 8}}}", rows=rows)
        verdicts = {name: count for name, count in (("right", right), ("wrong", wrong)) if count}
        assert manifest_of(rendered)["rows"]["verdicts"] == verdicts
        assert manifest_of(rendered)["curation"]["used"] == 8
    order = [example["id"] for example in examples_of(curated(rows=rows))]
    places = [order.index(example["id"]) for example in examples_of(rendered)]
    assert places == sorted(places)


def test_preview_shows_what_render_writes(curated, tmp_path, write_rows):
    rendered = curated("refined_right=true", "leakage=mask")
    settings = [f"data.source={write_rows(ROWS)}", "curate.refined_right=true", "curate.leakage=mask"]
    for number, example in enumerate(examples_of(rendered), 1):
        assert preview(load_recipe(str(tmp_path / "mine.yaml"), settings), number, quiet).id == example["id"]


def test_without_gold_answers_figures_are_absent(curated):
    rows = [{key: value for key, value in row.items() if key not in ("answer", "reference")} for row in ROWS]
    rendered = curated(rows=rows)
    assert not {"student_accuracy", "refined_accuracy", "leakage"} & set(manifest_of(rendered)["curation"]["figures"])
    assert any("no row has a gold answer" in warning for warning in rendered.warnings)


@pytest.mark.parametrize(
    ("answer", "gold"),
    [
        *((4, "4"), (4.5, "4.5"), (["4"], "4"), (" 4 ", "4"), ("x #### 4", "4"), (None, "7"), ("", "7")),
        *((wrong, None) for wrong in (["4", "5"], [], {"a": 4}, float("inf"), "nan", "<NA>", "$$")),
    ],
)
def test_an_answer_that_nothing_could_equal_is_no_gold_answer(answer, gold):
    found = gold_answer({"answer": answer, "reference": "It is \\boxed{7}."}, None)
    assert (found.text if found else None) == gold


def test_without_math_verify_the_error_says_what_to_install(curated, monkeypatch):
    def fail(*_):
        raise ModuleNotFoundError("math_verify")

    monkeypatch.setattr(truth.GradingPool, "grade_many", fail)
    with pytest.raises(RecipeError, match=r"pip install 'cgd-recipes\[eval\]'"):
        curated()


def test_when_all_rows_are_dropped_the_message_says_why(curated):
    with pytest.raises(
        RecipeError, match=r"no row is left: 'curate' dropped 3 of 3 rows: curate.student_wrong: the student"
    ):
        curated("student_wrong=true", rows=[make_row(n, student_response=f"\\boxed{{{n + 1}}}") for n in range(3)])


def lines_of(rendered, name):
    return [json.loads(line) for line in (rendered.folder / "data" / name).read_text().splitlines()]


def test_contaminated_rows_are_listed_with_both_texts_and_dropped_when_asked(curated, write_rows):
    story = "Mara bakes 24 loaves of bread every morning, sells half of them at the market and gives two to her aunt. How many are left?"
    held = write_rows([{"id": "h1", "problem": story, "answer": "10"}], "held.jsonl")
    rows = [*ROWS, make_row(7, question=story.replace("24", "30"))]
    against = f"decontaminate.against=[{held}]"
    rendered = curated(against, rows=rows)
    (match,) = lines_of(rendered, "contamination.jsonl")
    assert (match["id"], match["source"], match["source_id"], match["same_numbers"]) == (
        "r7",
        "held.jsonl",
        "h1",
        False,
    )
    assert (match["evaluated"], match["question"]) == (story, rows[-1]["question"])
    assert "r7" in kept(rendered)
    dropped = curated(against, "decontaminate.matches=drop", rows=rows)
    assert "r7" not in kept(dropped)
    assert manifest_of(dropped)["curation"]["figures"]["contamination"] == {"examined": [1, 7], "used": [0, 6]}
    assert "data/contamination.jsonl" in dropped.outputs
    inputs = manifest_of(dropped)["curation"]["inputs"]
    assert inputs["evaluated_questions"] == 1 and len(inputs["evaluated_sha256"]) == 64 and inputs["grader"] == "strict"


def test_the_first_of_repeated_rows_stays(curated):
    rows = [make_row(n) for n in range(4)] + [make_row(2, id="again", question="what is 2+1 ?", reference="another")]
    rendered = curated("repetition.questions=drop", rows=rows)
    twin = next(line for line in lines_of(rendered, "repetition.jsonl") if line["field"] == "question")
    assert {twin["id"], twin["cluster"]} == {"r2", "again"} and twin["how"] == "same"
    assert twin["id"] not in kept(rendered) and twin["cluster"] in kept(rendered)


def test_a_row_that_another_filter_drops_takes_no_twin_with_it(curated):
    rows = [make_row(2), make_row(2, id="bad", refined_response="\\boxed{0}")]
    assert kept(curated("repetition.questions=drop", "refined_right=true", rows=rows)) == ["r2"]


def test_a_row_that_is_dropped_for_one_field_takes_no_other_with_it():
    section = {"questions": "drop", "refined": "drop", "near": None}
    repetition = Repetition(SimpleNamespace(recipe=SimpleNamespace(curate={"repetition": section})), None)
    texts = [("q1", "a1"), ("q2", "a1"), ("q2", "a2")]
    entries = [
        Entry(Row({"id": f"r{n}", "question": question, "refined_response": answer}, Origin(0, n)), {})
        for n, (question, answer) in enumerate(texts)
    ]
    repetition.examine(entries)
    assert [repetition.apply(entry) is None for entry in entries] == [True, False, True]


def test_near_duplicates_are_found_where_asked(curated):
    text = "A train leaves the city at noon and travels north for three hours at eighty miles an hour without any stop. How far does it go?"
    rows = [make_row(1, question=text), make_row(2, question=text.replace("noon", "dawn"), id="near"), make_row(3)]
    assert len(kept(curated("repetition.questions=drop", rows=rows))) == 3
    rendered = curated("repetition.questions=drop", "repetition.near=0.7", rows=rows)
    assert len(kept(rendered)) == 2
    assert [line["how"] for line in lines_of(rendered, "repetition.jsonl") if line["field"] == "question"] == ["near"]


BAD_SHAPES = [
    (["unfinished=drop"], {"refined_response": "First we add 1 to it and"}),
    (["unanswered=drop"], {"refined_response": "It is what you think it is."}),
    (["loops=drop"], {"student_response": "It is 3. " * 100}),
    (["speaks=drop"], {"refined_response": "The student's answer is wrong: it is \\boxed{13}."}),
    (["other_language=drop", "language=en"], {"critique": GERMAN}),
    (["too_long=drop", "max_tokens.critique=40"], {"critique": "Add one. " * 40 + "\nConclusion: wrong"}),
]


@pytest.mark.parametrize(("settings", "row"), BAD_SHAPES)
def test_rows_of_a_bad_shape_are_dropped_when_asked(settings, row, curated):
    rows = [make_row(1), make_row(12, id="bad", **row)]
    assert kept(curated(*[f"shape.{each}" for each in settings], rows=rows)) == ["r1"]


def test_rows_of_a_bad_shape_stay_when_nothing_is_asked(curated):
    rows = [make_row(12, id=f"bad{number}", **row) for number, (_, row) in enumerate(BAD_SHAPES)]
    assert kept(curated(rows=rows)) == [row["id"] for row in rows]


def test_a_missing_extra_is_named(curated, monkeypatch, write_rows):
    held = write_rows([{"problem": "Why?"}], "held.jsonl")
    monkeypatch.setitem(sys.modules, "rapidfuzz.fuzz", None)
    with pytest.raises(RecipeError, match=r"pip install 'cgd-recipes\[curate\]'"):
        curated(f"decontaminate.against=[{held}]")
    monkeypatch.setitem(sys.modules, "rensa", None)
    with pytest.raises(RecipeError, match=r"pip install 'cgd-recipes\[curate\]'"):
        curated("repetition.near=0.8")


def test_bounds_that_are_not_met_stop_a_render_with_figure_interval_and_rows(curated, tmp_path):
    bounds = (
        "require={refined_accuracy: 0.9, leakage: 0.2, teacher_accuracy: 1, right_to_wrong: 0.1, good_critiques: 0.5}"
    )
    with pytest.raises(RecipeError) as caught:
        curated(bounds)
    messages = [problem.message for problem in caught.value.problems]
    assert len(messages) == 3
    assert messages[0].startswith(
        "'refined_accuracy' is 66.7 [30.0, 90.3] % of 6 rows, and curate.require asks for at least 90 % "
        "(refined answers that are right); look at rows "
    )
    assert sorted(messages[0].rpartition("rows ")[2].split(", ")) == ["open", "spoiled"]
    assert "'right_to_wrong' is 33.3" in messages[1] and "at most 10 %" in messages[1]
    assert "'good_critiques' cannot be told of any row" in messages[2]
    curated("require={refined_accuracy: 0.9, right_to_wrong: 0.1}", "refined_right=true")
