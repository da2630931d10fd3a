"""Every recipe under cases/err gives exactly the messages beside it; every recipe under cases/ok is accepted.

The first line of a case is the command. To accept new messages after reading them: CGD_ACCEPT=1 pytest tests/test_cases.py
"""

import os
import shlex
import shutil
from pathlib import Path

import pytest
from helpers.command import run

CASES = Path(__file__).parent / "cases"
ERR = sorted((CASES / "err").glob("*.yaml"))
OK = sorted((CASES / "ok").glob("*.yaml"))


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    """A folder with a copy of all cases, since some write. One copy for all: copying them for each took most of the time."""
    folder = tmp_path_factory.mktemp("copied")
    shutil.copytree(CASES, folder / "cases")
    return folder


def run_case(case: Path, copied: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(copied / "cases" / case.parent.name)
    command = case.read_text(encoding="utf-8").splitlines()[0].removeprefix("# $ cgd-recipe ")
    return run(*shlex.split(command))


@pytest.mark.parametrize("case", ERR, ids=lambda case: case.stem)
def test_wrong_recipe_gives_its_message(case, copied, monkeypatch):
    result = run_case(case, copied, monkeypatch)
    expected = case.with_suffix(".txt")
    found = result.stderr.replace(str(copied), "<tmp>")
    if os.environ.get("CGD_ACCEPT"):
        expected.write_text(found, encoding="utf-8")
    assert found == expected.read_text(encoding="utf-8")
    assert result.exit_code == 1
    assert result.stdout == ""


@pytest.mark.parametrize("case", OK, ids=lambda case: case.stem)
def test_right_recipe_is_accepted(case, copied, monkeypatch):
    result = run_case(case, copied, monkeypatch)
    assert result.exit_code == 0, result.output


def test_no_case_is_lost():
    assert ERR and OK
    assert {case.with_suffix(".txt").name for case in ERR} == {file.name for file in (CASES / "err").glob("*.txt")}
