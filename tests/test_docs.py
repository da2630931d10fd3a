"""The docs say what is so: pages made from the program are fresh, links lead somewhere, nothing is left out, prose is plain."""

import ast
import re
import sys

import pytest
from helpers.command import run
from helpers.shipped import ROOT

sys.path.append(str(ROOT / "tools"))

import make_docs as made
import prose

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
WRITTEN = [page for page in PAGES if page.name not in made.PAGES]
NOT_VARIABLES = {"BASH_SOURCE"}
"""What looks like an environment variable in a script."""


def names(pages):
    return [page.name for page in pages]


@pytest.mark.parametrize("name", made.PAGES)
def test_pages_that_are_made_are_fresh(name):
    fresh = (ROOT / "docs" / name).read_text(encoding="utf-8") == made.PAGES[name]()
    assert fresh, "run: python tools/make_docs.py"


def anchors(page):
    """What a link into a page can name: its headings, as GitHub spells them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=names(PAGES))
def test_links_lead_somewhere(page):
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_the_readmes_mistakes_are_found_as_it_shows(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lines = [
        "extends: qwen-cgd",
        "name: my",
        "train:",
        "  epochs: 1",
        "  learning_rte: 5e-6",
        "data:",
        "  sample: 9",
        "  sede: 7",
    ]
    (tmp_path / "my.yaml").write_text("\n".join(lines))
    assert run("validate", "my.yaml").stderr in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_index_names_every_page():
    index = ROOT / "docs" / "index.md"
    pages = {page.name for page in index.parent.glob("*.md")}
    assert {name for name in pages if f"({name})" not in index.read_text(encoding="utf-8")} == {index.name}


def variables():
    """Environment variables that the program and its scripts read or set."""
    found = set()
    for path in (ROOT / "cgd_recipes").rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        if "os.environ" in source or "envvar" in source:
            texts = (node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant))
            found |= {
                text for text in texts if isinstance(text, str) and re.fullmatch(r"[A-Z]+(_[A-Z]+)+|NNODES", text)
            }
    for path in (ROOT / "templates" / "launch").rglob("*.j2"):
        found |= set(re.findall(r"\$\{?([A-Z][A-Z0-9_]+)", path.read_text("utf-8")))
    return found - NOT_VARIABLES


def test_every_environment_variable_is_listed():
    listed = set(re.findall(r"`([A-Z][A-Z0-9_]+)`", (ROOT / "docs" / "environment.md").read_text(encoding="utf-8")))
    found = variables()
    assert {"CGD_TRAINER_BIN", "CGD_EVAL_DATA", "CGD_DEBUG", "GPUS_PER_NODE", "AXOLOTL_DO_NOT_TRACK"} <= found
    assert found - listed == set()


def test_the_manifest_is_described_key_by_key(render_recipe):
    import json

    text = (ROOT / "docs" / "files.md").read_text(encoding="utf-8")
    manifest = json.loads((render_recipe("qwen-cgd", "data.sample=4").folder / "manifest.json").read_text())
    nested = {f"{key}.{inner}" for key in ("rows", "lengths") for inner in manifest[key]}
    assert [key for key in {*manifest, *nested} - {"rows", "lengths"} if f"`{key}`" not in text] == []


@pytest.mark.parametrize("page", WRITTEN, ids=names(WRITTEN))
def test_prose_is_plain(page):
    found = prose.prose_of(page.read_text(encoding="utf-8"))
    assert [sentence for sentence in found.sentences if len(sentence.split()) > prose.LONG] == []
    assert found.words <= 15
    assert [sentence for sentence in found.sentences if ";" in sentence] == []


def test_what_prose_is():
    found = prose.prose_of(
        "# Title\n\nOne two `a b`. Three\nfour; five.\n\n- an item\n- another\n\n| a | b; |\n\n```\nx; y\n```\n"
    )
    assert found.sentences == ["One two CODE.", "Three four; five.", "an item", "another"]
    assert (found.words, found.semicolons) == (pytest.approx(2.25), 1)
