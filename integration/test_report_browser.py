"""A report in a real browser: readable without its script, sorted and searched with it, inert and without network."""

import json
import random
import re
import sys
from pathlib import Path

import pytest
from browser import browse, width_of
from click.testing import CliRunner

from cgd_recipes.commands.main import main

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from helpers.finished_runs import record, write_results

NASTY = "</pre></script><script>document.title = 'taken'</script><img src=http://192.0.2.1/x onerror=alert(1)>"
LONG = "a-task-with-a-very-long-name-that-does-not-break-anywhere-" * 2


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder, draw = tmp_path_factory.mktemp("report"), random.Random(4)
    state = {"log_history": [{"step": n, "loss": 2 / (n + 1)} for n in range(30)]}
    (folder / "model").mkdir()
    (folder / "model/trainer_state.json").write_text(json.dumps(state))
    for name, rate in (("base", 0.3), ("tuned", 0.7)):
        tasks = {
            task: [
                record(n, [int(draw.random() < rate) for _ in range(4)], text=NASTY, question=f"{NASTY} {n}")
                for n in range(30)
            ]
            for task in ("cgd_amc23", LONG)
        }
        write_results(folder / name, tasks, model_name=str(folder / "model"))
    done = CliRunner().invoke(
        main, ["report", str(folder / "tuned"), "--baseline", str(folder / "base"), "-o", str(folder / "out")]
    )
    assert done.exit_code == 0, done.output
    return folder / "out/report.html"


def test_it_is_read_without_its_script(page):
    plain = page.with_name("plain.html")
    plain.write_text(re.sub("<script>.*?</script>", "", page.read_text(), flags=re.DOTALL))
    dom = browse(plain, "--dump-dom").stdout
    assert "cgd_amc23: better by" in dom
    assert dom.count("<svg") >= 7
    assert dom.count('<p class="search" hidden="">') == 1
    assert dom.count("<details") > 20 and "30 logged steps" in dom


def test_its_script_shows_the_search_and_nothing_of_the_models_runs(page):
    log = page.parent / "net.json"
    done = browse(page, f"--log-net-log={log}", "--dump-dom")
    assert "<title>Report: base, tuned</title>" in done.stdout
    assert done.stdout.count('<p class="search">') == 1
    assert 'tabindex="0"' in done.stdout
    assert "<img" not in done.stdout and done.stdout.count("<script>") == 1
    assert "&lt;script&gt;document.title" in done.stdout
    assert "CONSOLE" not in done.stderr  # where a refused script or request would be told
    assert log.stat().st_size > 1_000
    assert "192.0.2.1" not in log.read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [390, 1400])
def test_nothing_is_wider_than_the_screen(width, page):
    assert width_of(page, width) <= width


def test_it_prints(page):
    target = page.parent / "report.pdf"
    browse(page, f"--print-to-pdf={target}")
    assert target.read_bytes().startswith(b"%PDF")
