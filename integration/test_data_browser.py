"""The data report in a real browser: its script shows search and choices, and nothing of the rows runs or is too wide."""

import json

import pytest
from browser import browse, width_of
from click.testing import CliRunner

from cgd_recipes.commands.main import main

NASTY = "</pre></script><script>document.title = 'taken'</script><img src=http://192.0.2.1/x onerror=alert(1)>"
WIDE = "a-word-that-does-not-break-anywhere-" * 12


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    rows = [
        {
            "id": f"{WIDE if number == 3 else 'row'}-{number}",
            "question": f"{NASTY} What is {number} + {number}?",
            "answer": str(2 * number),
            "student_response": f"The answer is {2 * number + number % 2}.",
            "critique": f"{WIDE} It is {2 * number}.\nConclusion: {'wrong' if number % 2 else 'right'}",
            "refined_response": f"So the answer is {2 * number}.",
        }
        for number in range(40)
    ]
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    settings = ["-s", f"curate.decontaminate.against=[{folder / 'rows.jsonl'}]", "-s", "curate.leakage=drop"]
    done = CliRunner().invoke(main, ["inspect", str(folder / "rows.jsonl"), *settings, "-o", str(folder / "out")])
    assert done.exit_code == 0, done.output
    return folder / "out/data.html"


def test_rows_can_be_searched_and_chosen_and_nothing_of_theirs_runs(page):
    log = page.parent / "net.json"
    done = browse(page, f"--log-net-log={log}", "--dump-dom")
    assert "<title>Data: rows</title>" in done.stdout
    assert done.stdout.count('<p class="search">') == 1
    assert done.stdout.count("<select") >= 3
    assert done.stdout.count('<details class="row"') == 40
    assert "raises leakage" in done.stdout
    assert "<img" not in done.stdout and done.stdout.count("<script>") == 1
    assert "CONSOLE" not in done.stderr
    assert "192.0.2.1" not in log.read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [390, 1400])
def test_nothing_is_wider_than_the_screen(width, page):
    assert width_of(page, width) <= width


def test_it_prints(page):
    target = page.parent / "data.pdf"
    browse(page, f"--print-to-pdf={target}")
    assert target.read_bytes().startswith(b"%PDF")
