"""A folder of outputs: whose files are replaced, and what a process that is killed on the way leaves."""

import errno
import json
import os
import subprocess
import sys

import pytest

from cgd_recipes.errors import RecipeError
from cgd_recipes.files import output
from cgd_recipes.files.output import OutputFolder, finish_publishing, is_unfinished
from cgd_recipes.files.ownership import EVAL, GENERATE, MANIFEST, RENDER, read_manifest


def publish(target, texts, command=RENDER, **options):
    """Write a folder as a command does."""
    with OutputFolder(target, command, **options) as output:
        output.publish(stage(output, texts, command))


def stage(output, texts, command=RENDER):
    """Write outputs and their manifest aside; gives their hashes."""
    for name, text in texts.items():
        output.write(name, text)
    outputs = output.staged()
    output.write(MANIFEST, json.dumps({"manifest_version": 1, "command": command.name, "outputs": outputs}))
    return outputs


def content(folder):
    """Every file but the manifest, by name."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)
    return {str(path.relative_to(folder)): path.read_text() for path in files}


OLD = {"a": "1", "data/b": "1", "data/gone": "1"}
NEW = {"a": "2", "data/b": "2", "data/new/c": "2"}


def test_a_folder_is_replaced_and_files_of_others_stay(tmp_path):
    target = tmp_path / "deep" / "out"
    publish(target, OLD)
    (target / "model").mkdir()
    (target / "model" / "weights").write_text("hours of work")
    publish(target, NEW)
    assert content(target) == {**NEW, "model/weights": "hours of work"}


KILLED_AT = """
import os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from test_output import NEW, OLD, RENDER, publish
steps = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "fcntl.flock"}

def stop_at(wanted):
    taken = 0
    def hook(event, arguments):
        nonlocal taken
        if event in steps or (event == "open" and isinstance(arguments[2], int) and arguments[2] & os.O_CREAT):
            taken += 1
            if taken == wanted:
                os._exit(9)
    sys.addaudithook(hook)

step, status = 0, 9
while status == 9:
    step += 1
    target = Path(sys.argv[2]) / str(step) / "out"
    target.parent.mkdir()
    if sys.argv[3] == "again":
        publish(target, OLD)
        (target / "model").write_text("mine")
    child = os.fork()
    if not child:
        stop_at(step)
        publish(target, NEW)
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
print(step)
"""


@pytest.mark.processes
@pytest.mark.parametrize("when", ["new", "again"])
def test_a_process_killed_at_any_step_leaves_a_whole_folder_or_none(tmp_path, when):
    tests = os.path.dirname(__file__)
    done = subprocess.run(
        [sys.executable, "-c", KILLED_AT, tests, str(tmp_path), when], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) > 15
    kept = {"model": "mine"} if when == "again" else {}
    for parent in tmp_path.iterdir():
        target = parent / "out"
        # Until it is finished, a folder is an earlier whole one, a new whole one, or has no manifest.
        manifest = read_manifest(target)
        if manifest:
            seen = content(target)
            assert {name: seen[name] for name in manifest["outputs"]} in (OLD, NEW)
        publish(target, NEW)
        assert content(target) == {**NEW, **kept}, parent
        assert sorted(entry.name for entry in parent.iterdir()) == ["out"]
        assert not list(target.rglob(".cgd*"))


@pytest.mark.processes
def test_runs_at_once_never_mix(tmp_path):
    script = (
        "import sys\nfrom pathlib import Path\nsys.path.insert(0, sys.argv[1])\n"
        "from test_output import publish\nfrom cgd_recipes.errors import RecipeError\n"
        "try: publish(Path(sys.argv[2]), {f'{n}': sys.argv[3] for n in range(20)})\n"
        "except RecipeError as error: assert 'by another run meanwhile' in str(error)\n"
    )
    for turn in range(2):
        target = tmp_path / str(turn)
        running = [
            subprocess.Popen([sys.executable, "-c", script, os.path.dirname(__file__), str(target), text])
            for text in ("one", "two")
        ]
        assert [process.wait() for process in running] == [0, 0]
        assert len(set(content(target).values())) == 1
        assert len(content(target)) == 20


def test_the_same_outputs_written_twice_at_once_are_no_conflict(tmp_path):
    target = tmp_path / "out"
    with OutputFolder(target) as output:
        publish(target, NEW)
        output.publish(stage(output, NEW))
    assert content(target) == NEW


def test_of_two_runs_at_once_the_later_is_told_and_changes_nothing(tmp_path, monkeypatch):
    locked = []
    seen = lambda folder: (locked.append((folder / ".cgd-lock").exists()), finish_publishing(folder))  # noqa: E731
    monkeypatch.setattr(output, "finish_publishing", seen)
    publish(tmp_path, OLD)
    with OutputFolder(tmp_path) as later:
        publish(tmp_path, NEW)
        with pytest.raises(RecipeError, match="was written to by another run meanwhile; run the command again"):
            later.publish(stage(later, OLD))
    assert content(tmp_path) == NEW
    assert set(locked) == {True}


@pytest.mark.parametrize("command", [GENERATE, EVAL])
@pytest.mark.parametrize("name", ["a", "data/b", MANIFEST])
def test_a_command_that_shares_a_folder_takes_no_file_of_others(tmp_path, command, name):
    (tmp_path / "data").mkdir()
    (tmp_path / "notes").write_text("mine")
    (tmp_path / name).write_text("mine")
    with pytest.raises(RecipeError, match=f"is in the way and was not written by `cgd-recipe {command.name}`"):
        OutputFolder(tmp_path, command).check_names(NEW)
    with pytest.raises(RecipeError, match="is in the way"):
        publish(tmp_path, NEW, command)
    assert (tmp_path / name).read_text() == "mine"
    (tmp_path / name).unlink()
    publish(tmp_path, NEW, command)
    publish(tmp_path, OLD, command)
    assert content(tmp_path) == {**OLD, "notes": "mine"}


def test_a_file_that_is_there_already_word_for_word_is_in_nobodys_way(tmp_path):
    (tmp_path / "a").write_text("2")
    publish(tmp_path, NEW, EVAL)
    assert content(tmp_path) == NEW


@pytest.mark.parametrize(("first", "second"), [(GENERATE, RENDER), (RENDER, GENERATE), (RENDER, EVAL), (EVAL, RENDER)])
def test_a_command_does_not_take_the_folder_of_another(tmp_path, first, second):
    publish(tmp_path / "out", OLD, first)
    with pytest.raises(RecipeError, match=f"holds what `cgd-recipe {first.name}` wrote"):
        publish(tmp_path / "out", NEW, second)
    assert content(tmp_path / "out") == OLD


@pytest.mark.parametrize("command", [RENDER, GENERATE, EVAL])
def test_edited_files_stay_also_those_that_would_be_removed(tmp_path, command):
    publish(tmp_path / "out", OLD, command)
    (tmp_path / "out" / "data" / "gone").write_text("edited")
    with pytest.raises(RecipeError, match=f"gone: was changed since it was {command.made}"):
        publish(tmp_path / "out", NEW, command)
    assert content(tmp_path / "out") == {**OLD, "data/gone": "edited"}


def test_what_is_read_is_not_overwritten(tmp_path):
    publish(tmp_path, {"rows": "1"}, GENERATE)
    (tmp_path / "link").symlink_to(tmp_path / "rows")
    output = OutputFolder(tmp_path, GENERATE, reads=[tmp_path / "link"])
    with pytest.raises(RecipeError, match="is read by the recipe, and would be overwritten"):
        output.check_names(["rows"])


def test_links_in_a_folder_from_elsewhere_are_not_followed_out_of_it(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    for name in ("b", "gone"):
        (home / name).write_text("1")
    target = tmp_path / "out"
    publish(target, OLD)
    for name in ("b", "gone"):
        (target / "data" / name).unlink()
    (target / "data").rmdir()
    (target / "data").symlink_to(home)
    for force in (False, True):
        with pytest.raises(RecipeError, match="data: is a link, and would be written through"):
            publish(target, NEW, force=force)
    assert content(home) == {"b": "1", "gone": "1"}


def test_a_link_in_place_of_an_output_is_not_ours(tmp_path):
    (tmp_path / "precious").write_text("1")
    target = tmp_path / "out"
    publish(target, OLD)
    (target / "a").unlink()
    (target / "a").symlink_to(tmp_path / "precious")
    with pytest.raises(RecipeError, match="a: was changed since it was rendered"):
        publish(target, NEW)
    publish(target, NEW, force=True)
    assert (tmp_path / "precious").read_text() == "1"
    assert content(target) == NEW


@pytest.mark.parametrize("force", [False, True])
def test_folders_where_files_go_and_files_where_folders_go(tmp_path, force):
    publish(tmp_path / "out", OLD)
    (tmp_path / "out" / "data" / "new").write_text("mine")
    with pytest.raises(RecipeError, match="is a file, and a folder is to go there"):
        publish(tmp_path / "out", NEW, force=force)
    (tmp_path / "out" / "data" / "new").unlink()
    (tmp_path / "out" / "data" / "new" / "c").mkdir(parents=True)
    with pytest.raises(RecipeError, match=r"is a folder, and a file is to go there"):
        publish(tmp_path / "out", NEW, force=force)
    assert not is_unfinished(tmp_path / "out")


@pytest.mark.parametrize("names", [["../x"], ["/x"], [""], ["a\0b"], ["ok", "data/../../x"]])
def test_a_committed_folder_from_elsewhere_moves_nothing_out(tmp_path, names):
    target = tmp_path / "out"
    (target / ".cgd-publish").mkdir(parents=True)
    manifest = {"manifest_version": 1, "outputs": dict.fromkeys(names, "0")}
    (target / ".cgd-publish" / MANIFEST).write_text(json.dumps(manifest))
    finish_publishing(target)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert list(target.iterdir()) == []


@pytest.mark.parametrize(("name", "named"), [("there", "there"), ("new", "")])
def test_a_folder_that_cannot_be_written_to_is_the_one_that_is_named(name, named, tmp_path, monkeypatch):
    def refuse(path):
        raise PermissionError(errno.EACCES, "Permission denied")

    (tmp_path / "there").mkdir()
    monkeypatch.setattr(output, "scratch_beside", refuse)
    with pytest.raises(RecipeError) as caught, OutputFolder(tmp_path / name, EVAL):
        pass
    assert str(caught.value) == f"{tmp_path / named}: cannot be written to: Permission denied"


@pytest.mark.parametrize("mask", [0o077, 0o027, 0o022])
def test_who_may_run_a_script_is_who_may_read_it(tmp_path, mask):
    before = os.umask(mask)
    try:
        with OutputFolder(tmp_path / "out") as output:
            output.write("launch.sh", "#!/bin/sh\n", executable=True)
            output.publish(["launch.sh"])
    finally:
        os.umask(before)
    assert (tmp_path / "out" / "launch.sh").stat().st_mode & 0o777 == 0o777 & ~mask & 0o755


def test_a_folder_that_is_a_link_to_itself(tmp_path):
    (tmp_path / "out").symlink_to("out")
    with pytest.raises(RecipeError, match="out: is a link that leads to itself"):
        OutputFolder(tmp_path / "out")


def test_a_link_to_a_folder_that_is_not_there_makes_it(tmp_path):
    (tmp_path / "out").symlink_to("real")
    publish(tmp_path / "out", NEW)
    assert content(tmp_path / "real") == NEW


def test_a_file_on_the_way_to_the_folder(tmp_path):
    (tmp_path / "rows.jsonl").write_text("mine\n")
    with pytest.raises(RecipeError, match=r"rows\.jsonl: is a file, and a folder is to go there"):
        publish(tmp_path / "rows.jsonl" / "out", NEW)


def test_a_file_in_the_place_where_outputs_are_put_first(tmp_path):
    publish(tmp_path / "out", OLD)
    (tmp_path / "out" / ".cgd-publish").write_text("mine\n")
    with pytest.raises(RecipeError, match=r"\.cgd-publish: is in the way; remove it"):
        publish(tmp_path / "out", NEW)
    assert content(tmp_path / "out") == {**OLD, ".cgd-publish": "mine\n"}


def test_a_full_disk_is_told_with_the_folder(tmp_path):
    with pytest.raises(OSError) as error, OutputFolder(tmp_path / "out"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert error.value.filename == str(tmp_path / "out")
