"""What a study, or a recipe as a study of its own, consists of."""

import json
import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from helpers.command import run
from helpers.lists import some
from helpers.plain import plain_yaml
from helpers.shipped import shipped_names

from cgd_recipes.errors import RecipeError
from cgd_recipes.evaluation.plan import seed_of
from cgd_recipes.workflow.jobs import waves, write_jobs
from cgd_recipes.workflow.run import Wanted, write_recipes
from cgd_recipes.workflow.steps import recipe_file, recipe_text, steps_of
from cgd_recipes.workflow.study import load_study

ADDRESSES = (
    "generate.student.base_urls=[http://127.0.0.1:1/v1]",
    "generate.teacher.base_urls=[http://127.0.0.1:2/v1]",
)
STUDY = """\
name: trial
recipe: qwen-cgd
extends: [base/generate]
baseline: base
settings:
  generate:
    student: {base_urls: ["http://127.0.0.1:1/v1"], serve: [serve, "{model}"]}
    teacher: {base_urls: ["http://127.0.0.1:2/v1"]}
arms:
  cft: {start: base, settings: {method: cft}}
  base: {settings: {method: sft, generate: null, train: {epochs: 2}}}
  cgd: {start: base, seeds: [1, 2]}
"""


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def study_of(text=STUDY, *settings):
    Path("study.yaml").write_text(text)
    return load_study("study.yaml", settings)


def problems_of(text):
    with pytest.raises(RecipeError) as caught:
        study_of(text)
    return [str(problem) for problem in caught.value.problems]


def test_arms_come_after_the_one_that_they_start_from():
    study = study_of()
    assert [cell.name for cell in study.cells] == ["trial-base", "trial-cft", "trial-cgd-1", "trial-cgd-2"]
    base, cft, first, second = study.cells
    assert (cft.start, first.start, base.start) == (base, base, None)
    assert cft.student == base.model == str(Path("build/trial-base/model").absolute())
    assert [cell.recipe.get("train", "seed") for cell in (base, first, second)] == [42, 1, 2]
    assert (base.recipe.get("train", "epochs"), base.recipe.get("method")) == (2, "sft")
    assert {cell.baseline for cell in study.cells} == {"base"}


def test_what_is_the_same_is_generated_once_with_the_stages_of_all():
    study = study_of()
    steps = steps_of(study)
    assert [step.name for step in steps if step.kind == "generate"] == ["generate-trial-cft"]
    assert study.cells[1].generated.name.startswith("trial-")
    cft, cgd = study.cells[1], study.cells[2]
    assert cft.recipe.get("generate", "stages") == ["probe", "critique", "refine"]
    assert cft.generated == cgd.generated
    needs = {step.name: step.needs for step in steps}
    assert needs["render-trial-cgd-2"] == ("train-trial-base", "generate-trial-cft")
    assert needs["evaluate-trial-cgd-2"] == ("train-trial-cgd-2",)


def test_other_samplings_are_generated_apart():
    study = study_of(STUDY.replace("seeds: [1, 2]", "settings: {generate: {student: {temperature: 1.0}}}"))
    assert [step.cell for step in steps_of(study) if step.kind == "generate"] == ["trial-cft", "trial-cgd"]


def test_a_cell_has_a_recipe_with_the_student_that_it_will_have():
    study = study_of()
    write_recipes(study)
    file = recipe_file(study, study.cells[2])
    values = plain_yaml(file.read_text())
    assert values["student"] == study.cells[0].model
    assert values["generate"]["output"] == str(study.cells[1].generated)
    assert run("show", file).exit_code == 0
    # A recipe that is edited while it runs has another file.
    assert recipe_file(study_of(STUDY + "  cft2: {start: base}\n"), study.cells[2]) == file
    edited = study_of(STUDY.replace("seeds: [1, 2]", "seeds: [1, 2], settings: {train: {epochs: 5}}"))
    assert recipe_file(edited, edited.cells[2]) != file


def test_arms_come_and_go_and_what_was_generated_stays():
    more = STUDY.replace("arms:\n", "arms:\n  first: {start: base, seeds: [3]}\n")
    assert study_of(more).cells[1].generated == study_of().cells[1].generated


@pytest.mark.parametrize("change", ["teacher: other", "data: {sample: 7}", "generate: {teacher: {max_tokens: 9}}"])
def test_what_differs_is_generated_apart(change):
    study = study_of(STUDY.replace("seeds: [1, 2]", f"settings: {{{change}}}"))
    assert len({cell.generated for cell in study.cells[1:]}) == 2


def test_all_arms_are_asked_with_one_seed():
    seeds = [seed_of(cell.plan) for cell in study_of().cells]
    assert seeds == [42] * 4


def test_what_needs_a_step_is_made_anew_with_it():
    steps = steps_of(study_of())
    assert [step.name for step in Wanted("train").of(steps)] == [
        step.name for step in steps if step.name != "render-trial-base"
    ]
    assert [step.kind for step in Wanted("evaluate").of(steps)] == ["evaluate"] * 4 + ["report"]
    assert [step.name for step in Wanted(None, "render").of(steps) if step.kind == "render"][-1] == "render-trial-cgd-2"


def test_settings_are_laid_over_every_arm():
    study = study_of(STUDY, "train.epochs=3")
    assert {cell.recipe.get("train", "epochs") for cell in study.cells} == {3}


def test_a_recipe_is_compared_with_its_student():
    study = load_study("qwen-cgd", ("data.sample=8",))
    student, trained = study.cells
    assert [step.name for step in steps_of(study)] == [
        "evaluate-qwen-cgd-student", "render-qwen-cgd", "train-qwen-cgd", "evaluate-qwen-cgd", "report-qwen-cgd"
    ]  # fmt: skip
    assert (student.model, student.trains) == (trained.student, False)
    assert steps_of(study)[1].arguments == ["render", str(recipe_file(study, trained)), "-o", "build/qwen-cgd"]
    assert steps_of(study)[-1].arguments[-4:] == ["--baseline", "student", "-o", "build/qwen-cgd-report"]


def test_each_round_has_the_student_of_the_one_before():
    Path("r.yaml").write_text("extends: [qwen-cgd, base/generate]\nname: r\nrounds: 3\n")
    study = load_study("r.yaml", (*ADDRESSES, "generate.student.serve=[serve]"))
    _, one, two, three = study.cells
    assert (two.student, three.student) == (one.model, two.model)
    assert [cell.rendered.name for cell in (one, two, three)] == ["r", "r-round2", "r-round3"]
    assert [cell.recipe.get("generate", "given") for cell in (one, two, three)] == ["keep", "replace", "replace"]
    generating = [step for step in steps_of(study) if step.kind == "generate"]
    assert [step.needs for step in generating] == [(), ("train-r",), ("train-r-round2",)]
    assert len({cell.generated for cell in (one, two, three)}) == 3
    assert {cell.values["generate"]["journal"] for cell in (two, three)} == {
        str(Path("build/r.generated/journal.sqlite").absolute())
    }


def test_each_baseline_has_a_report():
    arms = "arms:\n  a: {train: false, baseline: a}\n  a-cgd: {baseline: a}\n  b: {train: false, baseline: b}\n  b-cgd: {baseline: b}\n"
    study = study_of("name: two\nrecipe: qwen-cgd\n" + arms)
    reports = [step for step in steps_of(study) if step.kind == "report"]
    assert [step.arguments for step in reports] == [
        ["report", f"{arm}=build/two-{arm}-eval", f"{arm}-cgd=build/two-{arm}-cgd-eval", "--baseline", arm, "-o", f"build/two-{arm}-report"]
        for arm in "ab"
    ]  # fmt: skip


def test_jobs_of_one_wave_do_not_wait_for_each_other():
    study = study_of()
    steps = steps_of(study)
    assert waves(steps) == [
        ["trial-base"],
        ["generate-trial-cft"],
        ["trial-cft", "trial-cgd-1", "trial-cgd-2"],
        ["report-trial"],
    ]
    files = write_jobs(study, steps, ["cgd-recipe", "run", "a study.yaml"])
    assert [file.name for file in files] == ["wave-1.txt", "wave-2.txt", "wave-3.txt", "wave-4.txt", "slurm.sh"]
    assert files[2].read_text().splitlines()[0] == "cgd-recipe run 'a study.yaml' --only trial-cft"
    assert str(files[3].absolute()) in files[4].read_text()


@pytest.mark.parametrize(
    "change", [lambda file: file.write_text("name: x\n"), lambda file: (file.unlink(), os.mkfifo(file))]
)
def test_the_recipe_of_a_cell_that_was_edited_is_not_used(change):
    study = study_of()
    write_recipes(study)
    file = recipe_file(study, study.cells[0])
    write_recipes(study)
    change(file)
    with pytest.raises((RecipeError, OSError), match=r"was changed since `cgd-recipe run` wrote it|is no regular file"):
        write_recipes(study)


def test_a_command_is_one_line_of_a_list_and_means_what_was_typed():
    study = study_of()
    words = ["a\nb.yaml", "-s", "description=it's \t$(x) \\ \udcff", "é"]
    file = write_jobs(study, steps_of(study), ["cgd-recipe", "run", *words])[0]
    line, *others = file.read_text().splitlines()
    assert others == []
    said = subprocess.run(["bash", "-c", f"printf '%s\\0' {line}"], capture_output=True, check=True).stdout
    assert [os.fsdecode(word) for word in said.split(b"\0")][2:-3] == words


def test_the_name_of_a_study_adds_nothing_to_the_recipes_of_its_cells():
    study = study_of()
    cell = study.cells[0]
    plain = recipe_text(study, cell)
    hostile = recipe_text(replace(study, source="x\nname: y\udcff.yaml"), cell)
    assert plain_yaml(hostile) == plain_yaml(plain)


@pytest.mark.parametrize("name", ["slurm.sh", "wave-1.txt", "wave-9.txt"])
def test_jobs_take_the_place_of_earlier_jobs_and_of_nothing_else(name):
    study = study_of()
    steps, command = steps_of(study), ["cgd-recipe", "run", "study.yaml"]
    write_jobs(study, steps, command)
    files = write_jobs(study, steps, command)
    theirs = files[0].with_name(name)
    theirs.write_text("mine\n")
    with pytest.raises(RecipeError, match="is in the way and was not written by cgd-recipes; move it away"):
        write_jobs(study, steps, command)
    assert theirs.read_text() == "mine\n"
    assert all(file.exists() for file in files)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("start: base, seeds", "start: bse, seeds"), "study.yaml:12:9: there is no arm 'bse'; did you mean 'base'?"),
        (("base: {settings", "base: {start: cgd, settings"), "starts from itself"),
        (("baseline: base", "baseline: bass"), "study.yaml:4:1: 'bass' is no reported arm; did you mean 'base'?"),
        (("method: cft", "method: cfd"), "unknown method 'cfd'"),
        (("epochs: 2", "epoch: 2"), "study.yaml:11:58: unknown key 'train.epoch'; did you mean 'epochs'?"),
        (("qwen-cgd", "qwen-cdg"), "study.yaml:2:1: 'qwen-cdg': no such file"),
        (("base/generate", "base/generat"), "study.yaml:3:11: cannot extend 'base/generat'"),
        (("recipe: qwen-cgd\n", ""), "neither this arm nor the study names a 'recipe'"),
        (("arms:", "arm:"), "study.yaml"),
        (("start: base, seeds: [1, 2]", "start: base, seeds: [1, 1]"), "study.yaml:12:22: 'arms.cgd.seeds'"),
        (("name: trial", "name: tri/al"), "study.yaml:1:1: 'name' must match"),
        (("base: {settings", "base: {train: false, settings"), "arm 'base' trains no model; leave 'start' out"),
    ],
)  # fmt: skip
def test_mistakes_have_a_place(change, message):
    assert message in "\n".join(problems_of(STUDY.replace(*change)))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("arms:", "arms:\n  cgd-1: {}"), "would both be in build/trial-cgd-1"),
        (("arms:", "arms:\n  cft-eval: {}"), "would both be in build/trial-cft-eval"),
        (
            ("serve: [serve", "model: other, serve: [serve"),
            "'generate.student.model' is 'other', but the student of trial-cft",
        ),
        (
            ("settings:", "settings:\n  evaluate: {engine: server, base_url: 'http://x/v1'}"),
            "engine 'server' asks one server",
        ),
        (("settings:", "settings:\n  rounds: 2"), "'rounds' is for a recipe that is run by itself"),
        (("seeds: [1, 2]", "seeds: [1, 2], settings: {train: {seed: 5}}"), "'seeds' sets train.seed"),
    ],
)
def test_what_would_be_wrong_in_silence(change, message):
    assert message in "\n".join(problems_of(STUDY.replace(*change, 1)))


def test_a_recipe_as_a_run_of_its_own_has_such_mistakes_too():
    for text, message in (
        ("name: student\n", "r.yaml:2:1: 'student' is what reports call the model before training"),
        ("name: r\nrounds: 2\n", "r.yaml:3:1: each round asks its own student"),
    ):
        Path("r.yaml").write_text("extends: qwen-cgd\n" + text)
        with pytest.raises(RecipeError) as caught:
            load_study("r.yaml", ())
        assert message in str(caught.value)


def test_several_seeds_start_from_the_same_seed():
    text = STUDY.replace("base: {settings", "base: {seeds: [1, 2], settings")
    assert "none of them is None" in "\n".join(problems_of(text))
    study = study_of(text.replace("cft: {start: base,", "cft: {start: base, seeds: [2],"))
    assert {cell.name: cell.start.name for cell in study.cells if cell.start} == {
        "trial-cft": "trial-base-2", "trial-cgd-1": "trial-base-1", "trial-cgd-2": "trial-base-2"
    }  # fmt: skip


def test_a_server_that_runs_already_cannot_have_a_student_that_is_yet_to_be_trained():
    problems = problems_of(STUDY.replace(', serve: [serve, "{model}"]', ""))
    assert any(
        "'generate.student.serve' is not set, and the student of trial-cft is trained by trial-base" in one
        for one in problems
    )


@pytest.mark.parametrize("name", some(shipped_names("recipes/studies"), every=2))
def test_shipped_studies_are_valid(name):
    result = run("validate", name, "--json", *(part for address in ADDRESSES for part in ("-s", address)))
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["valid"]
