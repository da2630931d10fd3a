"""Shared fixtures."""

import gc
import io
import json
import logging
import os
from pathlib import Path

import pytest
from helpers.finished_runs import write_pair
from helpers.machine import heed_interrupts, hide_tools, keep_files_in_memory
from helpers.rows import examples_of, make_row, quiet
from helpers.shipped import ROOT

from cgd_recipes.recipe.resolve import load_recipe
from cgd_recipes.rendering.render import render

__all__ = ["ROOT", "examples_of", "make_row", "quiet"]  # until every test takes them from helpers


def pytest_configure():
    """Before any test."""
    heed_interrupts()
    keep_files_in_memory()


def pytest_collection_finish():
    """Before the first test: what was collected stays to the end, and to look for garbage in it takes a twelfth of all time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


@pytest.fixture(scope="session", autouse=True)
def bare_machine():
    """No test depends on what the developer has installed or set."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        hide_tools(monkeypatch)
        yield


@pytest.fixture(scope="session", autouse=True)
def fast_disk():
    """Nothing is forced to disk: no test looks at what is left after the power fails. A kill leaves what was written."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(os, "fsync", os.fstat)
        yield


@pytest.fixture
def logged():
    """A text buffer of what is logged. pytest's own plugin for logs is off: it takes a fortieth of the time of all tests."""
    text, root = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(text), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield text
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def render_recipe(tmp_path):
    """Render a recipe into a new folder; returns what `render` returns."""
    counter = iter(range(1_000))

    def run(name: str, *settings: str, folder: Path | None = None, **options):
        target = folder or tmp_path / f"out{next(counter)}"
        return render(load_recipe(name, settings), target, progress=quiet, **options)

    return run


@pytest.fixture
def write_rows(tmp_path):
    """Write rows to a jsonl file and return its path."""

    def write(rows, name: str = "rows.jsonl") -> Path:
        path = tmp_path / name
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return path

    return write


# Not in a conftest.py beside its tests: a second one makes pytest filter its hooks anew for each step of each test.
@pytest.fixture(scope="session")
def pair_of_runs(tmp_path_factory):
    """Makes what `write_pair` writes, once for each choice of its arguments. Tests only read it."""
    made = {}

    def make(**options):
        key = json.dumps(options)
        if key not in made:
            made[key] = write_pair(tmp_path_factory.mktemp("runs"), **options)
        return made[key]

    return make
