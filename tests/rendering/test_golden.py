"""What every shipped recipe renders, byte for byte.

golden/<folder>/ holds a few renders whole, golden/train/ the dataset of each method, golden/launch/ the branches of the launch
script that no shipped recipe takes, and golden/differences.yaml how every other render differs from these. To renew them all:

CGD_ACCEPT=1 pytest tests/rendering/test_golden.py
"""

import inspect
import json
import os
from functools import cache

import pytest
from helpers import golden
from helpers.lists import some
from helpers.shipped import METHODS, ROOT, TRAINED

from cgd_recipes.data import student_check
from cgd_recipes.recipe.method import shipped_method
from cgd_recipes.recipe.resolve import load_recipe

GOLDEN = ROOT / "tests" / "golden"
DIFFERENCES = GOLDEN / "differences.yaml"
ACCEPT = bool(os.environ.get("CGD_ACCEPT"))
SMALL = ("data.sample=4", "train.global_batch_size=8", "train.epochs=2")
DATASET = "data/train.jsonl"

WHOLE = {"axolotl": "qwen-cgd-axolotl", "torchtune": "llama-cgd-torchtune", "trl": "qwen-cgd-trl"}
"""Trainer -> the shipped recipe whose folder is kept whole; the others are told by how they differ from it."""
ADAPTED = {f"{folder}-lora": trainer for trainer, folder in WHOLE.items()}
"""The same recipes with base/lora over them."""
LAUNCH = {
    "axolotl-without-deepspeed": ("qwen-cgd", "train.sharding=none", "train.precision=fp32"),
    "axolotl-lora-deepspeed": ("qwen-cgd", "train.adapter=lora"),
    "trl-one-process": ("qwen-cgd", "train.trainer=trl", "train.sharding=none"),
    "torchtune-without-download": ("llama-cgd", "train.trainer=torchtune", "train.checkpoint_dir=/models/llama"),
}
"""Branches of the launch script that no folder shows."""


@cache
def dataset_of(method: str) -> str:
    """The kept dataset of a method."""
    return (GOLDEN / "train" / f"{method}.jsonl").read_text(encoding="utf-8")


@cache
def kept_folder(name: str) -> dict[str, str]:
    """The files of a folder that is kept whole."""
    return golden.read_files(GOLDEN / name)


@cache
def method_of(recipe: str) -> str:
    """The method that a recipe names."""
    return load_recipe(recipe).get("method")


@cache
def kept_differences() -> dict:
    """What is kept of all renders that are not kept whole."""
    return golden.read_differences(DIFFERENCES)


def base_of(recipe: str, trainer: str) -> dict[str, str]:
    """The files that a render is compared with: the trainer's whole folder, with the dataset of the recipe's method."""
    return {**kept_folder(WHOLE[trainer]), DATASET: dataset_of(method_of(recipe))}


@pytest.fixture
def render_files(render_recipe):
    """Render a recipe on a few rows, and read what is in its folder."""

    def make(name, *settings):
        rendered = render_recipe(name, *SMALL, *settings)
        files = golden.read_files(rendered.folder)
        manifest = json.loads(files.pop("manifest.json"))
        assert set(manifest["outputs"]) == set(files)
        # The same in every folder, and otherwise shown by the tests of task files.
        tasks = {file for file in files if file.startswith("tasks/")}
        assert {"tasks/cgd_math.yaml", "tasks/cgd_amc23.yaml", "tasks/_cgd_base", "tasks/cgd_task.py"} <= tasks
        if "check_student.json" in files:
            assert files.pop("check_student.py") == inspect.getsource(student_check)
        return {file: text for file, text in files.items() if file not in tasks}

    return make


def check_file(path, text):
    """A rendered text is the kept one; renews that one first if that is wanted."""
    if ACCEPT:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8"))
    assert text.encode("utf-8") == path.read_bytes()


@pytest.mark.parametrize("method", some(METHODS, every=1 if ACCEPT else 3))
def test_every_method_writes_the_dataset_that_it_always_did(method, render_files):
    # Axolotl and torchtune know no students that answer by themselves.
    trainer = "trl" if shipped_method(method).is_on_policy else "axolotl"
    files = render_files("qwen-cgd", f"method={method}", f"train.trainer={trainer}")
    check_file(GOLDEN / "train" / f"{method}.jsonl", files[DATASET])


@pytest.mark.parametrize("folder", [*WHOLE.values(), *ADAPTED])
def test_folders_that_are_kept_whole_are_rendered_as_they_always_were(folder, render_files, tmp_path):
    recipe, _, rest = folder.partition("-cgd-")
    (tmp_path / "r.yaml").write_text(f"extends: [{recipe}-cgd, base/lora]\nname: {recipe}-cgd\n")
    name = str(tmp_path / "r.yaml") if folder in ADAPTED else f"{recipe}-cgd"
    found = render_files(name, f"train.trainer={rest.removesuffix('-lora')}")
    if ACCEPT:
        golden.write_files(GOLDEN / folder, found)
    assert found == golden.read_files(GOLDEN / folder)


@pytest.mark.parametrize("branch", LAUNCH)
def test_every_branch_of_the_launch_script_is_rendered_as_it_always_was(branch, render_files):
    check_file(GOLDEN / "launch" / f"{branch}.sh", render_files(*LAUNCH[branch])["launch.sh"])


@pytest.mark.parametrize(("name", "trainer"), some(TRAINED, every=1 if ACCEPT else 4))
def test_every_recipe_renders_what_it_always_did(name, trainer, render_files):
    found = render_files(name, f"train.trainer={trainer}")
    base, kept = base_of(name, trainer), kept_differences()
    if ACCEPT:
        kept[f"{name}-{trainer}"] = {"base": WHOLE[trainer], "files": golden.compare(base, found)}
        golden.write_differences(DIFFERENCES, kept)
    entry = kept.get(f"{name}-{trainer}")
    assert entry, "nothing is kept of this render yet; run: CGD_ACCEPT=1 pytest tests/rendering/test_golden.py"
    assert entry["base"] == WHOLE[trainer]
    assert found == golden.restore(base, entry["files"])


def test_nothing_golden_is_left_over():
    folders = {*WHOLE.values(), *ADAPTED, "train", "launch"}
    assert {path.name for path in GOLDEN.iterdir()} == {*folders, DIFFERENCES.name}
    assert {path.name for path in (GOLDEN / "train").iterdir()} == {f"{method}.jsonl" for method in METHODS}
    assert {path.name for path in (GOLDEN / "launch").iterdir()} == {f"{branch}.sh" for branch in LAUNCH}
    assert set(golden.read_differences(DIFFERENCES)) == {f"{name}-{trainer}" for name, trainer in TRAINED}


@pytest.mark.parametrize(
    ("base", "text"),
    [
        ("a\nb\nc\n", "a\nx\nc\n"),
        ("a\na\na\n", "a\nx\na\n"),
        ("a\n", "a\na\na\n"),
        ("a\n\nb\n\nc\n", "a\n\nb\n\n\nc\n"),
        ("", "new\n"),
        ("gone\n", ""),
        ("@@\n-x\n+y\n", "@@\n+x\n-y\n@@\n"),
        ("trailing \nb\n", "trailing \nc\n"),
    ],
)
def test_a_base_and_a_difference_give_the_text(base, text):
    hunks = golden.difference(base, text)
    assert golden.apply(base, hunks) == text
    assert golden.restore({"f": base}, golden.compare({"f": base}, {"f": text})) == {"f": text}


def test_a_difference_that_fits_nowhere_is_an_error():
    with pytest.raises(ValueError, match="not in the base"):
        golden.apply("a\nb\n", golden.difference("a\nx\n", "a\ny\n"))


def test_a_text_that_no_difference_can_tell_is_an_error():
    with pytest.raises(ValueError, match="ambiguous"):
        golden.difference("a\n", "b")
