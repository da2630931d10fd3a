"""Single files that commands write where the user says: only an earlier file of the same command is replaced."""

import os
import re

import pytest

from cgd_recipes.errors import RecipeError
from cgd_recipes.files.listing import listing_place, remove_listing
from cgd_recipes.files.ownership import check_marked, read_manifest

MARK = re.compile(rb"\Aours")


def test_a_file_that_bears_the_mark_may_be_replaced(tmp_path):
    check_marked(tmp_path / "new", MARK, "move it")
    (tmp_path / "again").write_text("ours, of yesterday")
    check_marked(tmp_path / "again", MARK, "move it")


@pytest.mark.parametrize("kind", ["text", "folder", "link", "dangling", "pipe"])
def test_everything_else_stays(tmp_path, kind):
    path = tmp_path / "here"
    (tmp_path / "target").write_text("ours, of yesterday")
    match kind:
        case "text":
            path.write_text("mine, not ours")
        case "folder":
            path.mkdir()
        case "link":
            path.symlink_to(tmp_path / "target")
        case "dangling":
            path.symlink_to(tmp_path / "nowhere")
        case "pipe":
            os.mkfifo(path)
    with pytest.raises(RecipeError, match="here: is in the way and was not written by cgd-recipes; move it"):
        check_marked(path, MARK, "move it")


@pytest.mark.parametrize(
    "text", ['{"question": "q", "reason": "because"}\n', '{"reason": "x", "id": "1"}\n', "mine\n", '\n{"id":"a"}']
)
def test_a_users_file_is_no_list_of_ours(tmp_path, monkeypatch, text):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out.rejected.jsonl").write_text(text)
    assert str(listing_place(tmp_path / "out")) == f"out.{os.getpid()}.rejected.jsonl"
    remove_listing(tmp_path / "out")
    assert (tmp_path / "out.rejected.jsonl").read_text() == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[" * 100_000,
        "{}",
        '{"manifest_version": 1, "outputs": {"a": 5}}',
        "\xff",
        '{"manifest_version": 1, "outputs": {"\\ud800": "a"}}',
    ],
)
def test_damaged_manifests_are_none_of_ours(tmp_path, text):
    (tmp_path / "manifest.json").write_text(text, encoding="latin-1")
    assert read_manifest(tmp_path) is None
