"""`cgd-recipe push`, against a stand-in of the hub's HTTP interface and with the real huggingface_hub."""

import json
import shutil
from pathlib import Path

import pytest
from helpers.command import run
from helpers.hub import hub_server
from huggingface_hub import DatasetCard

TOKEN = "hf_planted0123456789"
REPO = "me/rows"


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    """One render for all tests."""
    folder = tmp_path_factory.mktemp("push") / "out"
    settings = ["-s", "data.sample=5", "-s", "output.license=apache-2.0", "-s", "data.max_rejected=1"]
    result = run("render", "qwen-cgd", *settings, "-o", folder)
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture(autouse=True)
def hub_environment(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)


@pytest.fixture
def hub(monkeypatch):
    with hub_server() as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        yield server


def test_the_dataset_and_its_card_are_sent_and_nothing_else(rendered, hub):
    result = run("push", rendered, REPO)
    assert result.exit_code == 0, result.output
    repo = hub.repos[REPO]
    assert (repo["private"], repo["type"]) == (True, "dataset")
    assert repo["files"] == {
        "README.md": (rendered / "data/README.md").read_bytes(),
        "train.jsonl": (rendered / "data/train.jsonl").read_bytes(),
    }
    assert f"sent      5 examples: {hub.url}/datasets/{REPO}/commit/" in result.stdout
    assert {token for _, _, token in hub.requests} == {f"Bearer {TOKEN}"}
    assert TOKEN not in result.output
    card = DatasetCard(repo["files"]["README.md"].decode())
    assert card.data.license == "apache-2.0"
    assert card.data.size_categories in ("n<1K", ["n<1K"])  # by its version
    assert card.data.configs[0]["data_files"] == [{"split": "train", "path": "train.jsonl"}]
    # The files of a repository may be replaced by later ones.
    assert run("push", rendered, REPO).exit_code == 0


def test_a_dry_run_lists_what_would_go_and_sends_nothing(rendered, hub, monkeypatch):
    monkeypatch.delenv("HF_TOKEN")
    result = run("push", rendered, REPO, "--dry-run")
    assert result.exit_code == 0, result.output
    assert hub.requests == []
    assert "file      train.jsonl  " in result.stdout
    assert "file      README.md  " in result.stdout
    assert "rejected" not in result.stdout
    assert f"to        {REPO}, a dataset of {hub.url}; private" in result.stdout
    assert "dry run   nothing was sent" in result.stdout
    listed = json.loads(run("push", rendered, REPO, "--dry-run", "--json").stdout)
    assert [file["name"] for file in listed["files"]] == ["train.jsonl", "README.md"]
    assert listed["commit"] is None


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # huggingface_hub's own, of its HTTP library
def test_large_files_go_by_lfs(rendered, hub, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_XET", True, raising=False)
    hub.lfs = ("train.jsonl",)
    result = run("push", rendered, REPO, "--public")
    assert result.exit_code == 0, result.output
    assert hub.repos[REPO]["private"] is False
    assert hub.repos[REPO]["files"]["train.jsonl"] == (rendered / "data/train.jsonl").read_bytes()


def test_no_private_data_go_to_a_public_repository(rendered, hub):
    hub.repos[REPO] = {"private": False, "files": {}}
    result = run("push", rendered, REPO)
    assert result.exit_code == 1
    assert result.stderr == (
        "me/rows: is public, and everybody would read the data; use --public if that is what you want\n"
    )
    assert hub.repos[REPO]["files"] == {}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_an_upload_that_breaks_off_is_the_users_to_repeat(rendered, hub, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_XET", True, raising=False)
    hub.lfs, hub.broken = ("train.jsonl",), True
    result = run("push", rendered, REPO)
    assert result.exit_code == 1
    assert "me/rows: was not written, because a file could not be uploaded (" in result.stderr
    assert hub.repos[REPO]["files"] == {}


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (401, "me/rows: was not opened, because the hub refuses the token in HF_TOKEN"),
        (403, "me/rows: cannot be written with the token in HF_TOKEN"),
        (404, "me/rows: is not there, or the token in HF_TOKEN may not see it"),
        (500, "answered HTTP 500"),
    ],
)
def test_what_the_hub_refuses_is_said_in_a_line(rendered, hub, status, message):
    hub.refuse = status
    result = run("push", rendered, REPO)
    assert result.exit_code == 1
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
    assert TOKEN not in result.output


def test_no_token_no_network_no_name_and_nothing_rendered(rendered, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    result = run("push", rendered, REPO)
    assert result.exit_code == 1
    assert result.stderr.startswith("http://127.0.0.1:9: cannot be reached (ConnectError"), result.stderr
    result = run("push", rendered, "rows")
    assert result.stderr.startswith("rows: is no name of a dataset on the hub; it must read OWNER/NAME")
    result = run("push", "qwen-cgd", REPO)
    assert "nothing is rendered in build/qwen-cgd yet; run `cgd-recipe render qwen-cgd`" in result.stderr
    monkeypatch.delenv("HF_TOKEN")
    result = run("push", rendered, REPO)
    assert result.exit_code == 1
    assert result.stderr.startswith("HF_TOKEN: is not set; make a token with write access")


def test_an_edited_dataset_is_not_sent(rendered, hub, tmp_path):
    edited = shutil.copytree(rendered, tmp_path / "edited")
    Path(edited, "data/train.jsonl").write_text("{}\n", encoding="utf-8")
    result = run("push", edited, REPO)
    assert result.exit_code == 1
    assert "train.jsonl: was changed since it was rendered" in result.stderr
    assert hub.requests == []
