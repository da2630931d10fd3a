"""Files that must be files, and files of ours that are written to."""

import os
import socket

import pytest

from cgd_recipes.files.jsonl import read_jsonl
from cgd_recipes.files.ownership import MANIFEST, read_manifest
from cgd_recipes.files.regular import open_own, read_bytes, read_text


@pytest.fixture
def special(tmp_path):
    """Something of each kind that is no file."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    (tmp_path / "zero").symlink_to("/dev/zero")
    (tmp_path / "itself").symlink_to("itself")
    here = os.getcwd()
    os.chdir(tmp_path)  # the path of a socket must be short
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("socket")
        os.chdir(here)
        yield tmp_path


@pytest.mark.parametrize("name", ["pipe", "folder", "zero", "itself", "socket", "nowhere"])
def test_what_is_no_file_is_neither_waited_for_nor_read(special, name):
    for read in (read_bytes, read_text, lambda path: list(read_jsonl(path))):
        with pytest.raises(OSError) as error:
            read(special / name)
        assert error.value.filename == str(special / name)


def test_a_pipe_is_no_manifest(tmp_path):
    os.mkfifo(tmp_path / MANIFEST)
    assert read_manifest(tmp_path) is None


def test_a_file_of_ours_is_never_written_through_a_link(tmp_path):
    mine, link = tmp_path / "mine", tmp_path / "link"
    mine.write_text("mine\n")
    link.symlink_to("mine")
    for mode in ("ab", "wb", "a+b"):
        with pytest.raises(OSError, match="is a link"):
            open_own(link, mode)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError):
        open_own(tmp_path / "pipe", "wb")
    assert mine.read_text() == "mine\n"
    with open_own(tmp_path / "new", "ab") as handle:
        handle.write(b"1")
    assert (tmp_path / "new").stat().st_mode & 0o111 == 0
