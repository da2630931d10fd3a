"""Shared fixtures."""

import gc
import io
import json
import logging
import os
from pathlib import Path

import pytest
from helpers.machine import heed_interrupts, hide_tools
from helpers.rows import examples_of, make_row, quiet
from helpers.shipped import ROOT

from cgd_recipes.recipe.resolve import load_recipe
from cgd_recipes.rendering.render import render

__all__ = ["ROOT", "examples_of", "make_row", "quiet"]  # until every test takes them from helpers


def pytest_configure():
    """Before any test."""
    heed_interrupts()


def pytest_collection_finish():
    """Before the first test: what was collected stays to the end, and to look for garbage in it takes a twelfth of all time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


@pytest.fixture(autouse=True)
def bare_machine(monkeypatch):
    """No test depends on what the developer has installed or set."""
    hide_tools(monkeypatch)


@pytest.fixture(autouse=True)
def fast_disk(monkeypatch):
    """Nothing is forced to disk: no test looks at what is left after the power fails. A kill leaves what was written."""
    monkeypatch.setattr(os, "fsync", os.fstat)


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
