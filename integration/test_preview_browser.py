"""The HTML preview in a real browser: its text, two colour schemes, no scripts, no network. Needs chromium on PATH."""

import json

import pytest
from browser import browse
from click.testing import CliRunner

from cgd_recipes.commands.main import main

NASTY = "<script>document.title = 'taken'</script><img src=http://192.0.2.1/x onerror=alert(1)> <|im_end|> & \"'"


@pytest.fixture
def page(tmp_path):
    row = {
        "id": NASTY,
        "question": NASTY,
        "student_response": NASTY,
        "critique": f"{NASTY}\nConclusion: wrong",
        "refined_response": f"{NASTY}\n\n\\boxed{{4}}",
        "answer": "4",
    }
    (tmp_path / "rows.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    file = tmp_path / "page.html"
    done = CliRunner().invoke(
        main, ["preview", "qwen-cgd", "-s", f"data.source={tmp_path / 'rows.jsonl'}", "--html", str(file)]
    )
    assert done.exit_code == 0, done.output
    return file


def test_what_the_page_says(page):
    done = browse(page, "--dump-dom")
    assert "<title>qwen-cgd: row 1</title>" in done.stdout
    assert "<script" not in done.stdout
    assert "<img" not in done.stdout
    assert done.stdout.count("&lt;script&gt;") == 5
    assert done.stdout.count('<mark><span class="hidden">neutralised: </span>') == 4
    assert "Trained: the loss covers this" in done.stdout
    assert "CONSOLE" not in done.stderr


def test_the_page_asks_for_nothing(page):
    log = page.parent / "net.json"
    dom = browse(page, f"--log-net-log={log}", "--dump-dom").stdout
    # The browser asks its maker for updates, so the log is not empty; the row's address must not be in it.
    assert log.stat().st_size > 1_000
    assert "192.0.2.1" not in log.read_text(encoding="utf-8")
    assert "default-src 'none'" in dom
    assert "url(" not in dom
    assert "<link" not in dom


def test_both_colour_schemes(page):
    pictures = []
    for scheme in ("0", "1"):
        picture = page.parent / f"scheme{scheme}.png"
        browse(page, f"--blink-settings=preferredColorScheme={scheme}", f"--screenshot={picture}")
        pictures.append(picture.read_bytes())
    assert pictures[0] != pictures[1]
    assert all(picture.startswith(b"\x89PNG") for picture in pictures)
