"""Files that are whole or not there, and what is left of processes that were killed."""

import errno
import os
import subprocess
import sys

import pytest

from cgd_recipes.errors import RecipeError
from cgd_recipes.files import atomic
from cgd_recipes.files.atomic import exclusive, replacing, scratch_beside, write_bytes, write_new, write_text


def test_a_file_is_replaced_whole_or_stays(tmp_path):
    path = tmp_path / "a.txt"
    write_text(path, "first\n")
    with pytest.raises(ZeroDivisionError), replacing(path) as part:
        part.write_text("half")
        raise ZeroDivisionError
    assert path.read_text() == "first\n"
    write_bytes(path, b"second")
    assert path.read_bytes() == b"second"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.txt"]


def test_names_of_any_length_and_a_link_in_place_of_the_file(tmp_path):
    precious = tmp_path / "precious"
    precious.write_text("mine")
    path = tmp_path / ("n" * 250)
    path.symlink_to(precious)
    write_text(path, "ours", executable=True)
    assert (precious.read_text(), path.read_text(), path.is_symlink()) == ("mine", "ours", False)
    assert os.access(path, os.X_OK)


def killed(tmp_path, code):
    script = (
        f"import os\nfrom pathlib import Path\nfrom cgd_recipes.files.atomic import *\nhere = Path({str(tmp_path)!r})\n"
    )
    done = subprocess.run([sys.executable, "-c", f"{script}{code}\n    os.kill(os.getpid(), 9)"], check=False)
    assert done.returncode == -9


@pytest.mark.processes
def test_what_a_killed_process_left_is_removed_and_what_a_living_one_has_stays(tmp_path):
    killed(tmp_path, "with scratch_beside(here / 'x') as scratch:\n    (scratch / 'big').write_bytes(bytes(9))")
    (left,) = tmp_path.iterdir()
    with scratch_beside(tmp_path / "x") as living:
        assert not left.exists()
        with scratch_beside(tmp_path / "y") as other:
            assert living.is_dir() and other != living
    assert list(tmp_path.iterdir()) == []


def test_folders_that_only_look_like_scratch_are_left_alone(tmp_path):
    (tmp_path / "elsewhere" / "files").mkdir(parents=True)
    (tmp_path / "elsewhere" / "lock").write_text("")
    (tmp_path / ".cgd-link.tmp").symlink_to(tmp_path / "elsewhere")
    (tmp_path / ".cgd-mine.tmp").mkdir()
    (tmp_path / ".cgd-mine.tmp" / "thesis").write_text("mine")
    write_text(tmp_path / "a", "")
    assert (tmp_path / "elsewhere" / "files").is_dir()
    assert (tmp_path / ".cgd-mine.tmp" / "thesis").read_text() == "mine"


@pytest.mark.processes
def test_a_lock_of_a_killed_process_is_free(tmp_path):
    killed(tmp_path, "with exclusive(here):")
    with exclusive(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("make", [os.mkdir, lambda path: os.symlink("/nowhere", path)])
def test_what_is_no_lock_is_no_lock(tmp_path, make):
    make(tmp_path / ".cgd-lock")
    with pytest.raises(RecipeError, match="is in the way of a lock"), exclusive(tmp_path):
        pass


@pytest.mark.processes
def test_processes_wait_for_each_other(tmp_path):
    script = (
        "import sys\nfrom pathlib import Path\nfrom cgd_recipes.files.atomic import exclusive\n"
        "folder = Path(sys.argv[1])\n"
        "for _ in range(50):\n"
        "    with exclusive(folder):\n"
        "        count = int((folder / 'count').read_text())\n"
        "        (folder / 'count').write_text(str(count + 1))\n"
    )
    (tmp_path / "count").write_text("0")
    running = [subprocess.Popen([sys.executable, "-c", script, str(tmp_path)]) for _ in range(2)]
    assert [process.wait() for process in running] == [0, 0]
    assert (tmp_path / "count").read_text() == "100"


def test_a_new_file_is_whole_or_not_there_and_takes_no_place(tmp_path, monkeypatch):
    path = tmp_path / "new.yaml"
    write_new(path, "1\n")
    with pytest.raises(FileExistsError):
        write_new(path, "2\n")
    (tmp_path / "link").symlink_to("nowhere")
    with pytest.raises(FileExistsError):
        write_new(tmp_path / "link", "2\n")
    assert path.read_text() == "1\n"

    def is_full(_path):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(atomic, "sync", is_full)
    with pytest.raises(OSError):
        write_new(tmp_path / "other.yaml", "1\n")
    assert sorted(os.listdir(tmp_path)) == ["link", "new.yaml"]


def test_a_new_file_where_there_are_no_hard_links(tmp_path, monkeypatch):
    def has_none(*_paths, **_options):
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", has_none)
    write_new(tmp_path / "new.yaml", "1\n")
    with pytest.raises(FileExistsError):
        write_new(tmp_path / "new.yaml", "2\n")
    assert (tmp_path / "new.yaml").read_text() == "1\n"


def test_a_text_with_a_name_that_is_not_utf8(tmp_path):
    with pytest.raises(RecipeError, match="cannot hold a name that is not UTF-8"):
        write_text(tmp_path / "a", "name: x\udcff\n")
