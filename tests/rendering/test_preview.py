"""One example as the student will see it: the right row and mask, and nothing of its text taken for markup."""

import json
import os
import stat
from functools import partial

import pytest
from helpers import command
from helpers.rows import examples_of, make_row, quiet

from cgd_recipes.commands.preview_view import shown_text, visible
from cgd_recipes.recipe.family import load_family
from cgd_recipes.recipe.resolve import load_recipe
from cgd_recipes.rendering import preview as module
from cgd_recipes.rendering.preview import Piece, neutralised_spans, preview

SPARE = 20
"""Rows that a preview reads besides those before its own, so that few rows show what it does with many."""
NASTY = "<script>alert('x')</script> [bold red]& <|im_end|>\x1b[31m {{ 7 * 7 }} \"'"


run = partial(command.run, "preview")


@pytest.fixture
def few_spare_rows(monkeypatch):
    monkeypatch.setattr(module, "_SPARE", SPARE)


def text_of(shown, trained: bool) -> str:
    (sequence,) = shown.sequences
    return "".join(piece.text for piece in sequence.pieces if piece.trained == trained)


@pytest.mark.parametrize(
    "settings", [(), ("data.sample=30",), ("method=irrelevant-critique",), ("data.match_methods=[cft]",)]
)
def test_row_n_is_the_nth_that_render_writes(settings, render_recipe, write_rows):
    settings = (f"data.source={write_rows([make_row(number) for number in range(40)])}", *settings)
    written = examples_of(render_recipe("qwen-cgd", *settings))
    for number in (1, 2, len(written) - 1, len(written)):
        shown = preview(load_recipe("qwen-cgd", settings), number, quiet)
        expected = written[number - 1]
        assert shown.id == expected["id"]
        assert text_of(shown, True) == expected["messages"][-1]["content"] + "<|im_end|>"
        assert text_of(shown, False) == "".join(message["content"] for message in expected["messages"][:-1])


@pytest.mark.parametrize("method", ["cgd", "irrelevant-critique"])
@pytest.mark.usefixtures("few_spare_rows")
def test_rows_that_were_rejected_do_not_count(method, render_recipe, write_rows):
    rows = [make_row(n, critique="word " * 8_000) if n % 6 == 0 else make_row(n) for n in range(3 * SPARE)]
    settings = (f"data.source={write_rows([*rows, *rows[:9]])}", f"method={method}", "data.max_rejected=0.5")
    written = examples_of(render_recipe("qwen-cgd", *settings))
    for number in (1, SPARE + 8, len(written)):
        shown = preview(load_recipe("qwen-cgd", settings), number, quiet)
        assert shown.id == written[number - 1]["id"]
        assert text_of(shown, False).endswith(written[number - 1]["messages"][1]["content"])


@pytest.mark.parametrize("setting", ["keep", "train"])
def test_kept_thinking_is_shown_as_context(setting, write_rows):
    source = write_rows([make_row(number, refined_reasoning="I count.") for number in range(8)])
    shown = preview(load_recipe("qwen3-cgd", (f"data.source={source}", f"thinking={setting}")), 1, quiet)
    thought = "<think>\nI count.\n</think>\n\n"
    assert text_of(shown, setting == "train").count(thought) == 1
    assert text_of(shown, True).startswith(thought) == (setting == "train")


@pytest.mark.usefixtures("few_spare_rows")
def test_many_rows_of_one_question_before_the_next(render_recipe, write_rows):
    rows = [make_row(n, question="the same", critique=f"about {n}") for n in range(2 * SPARE)]
    rows.append(make_row(2 * SPARE, critique="borrowed"))
    settings = (f"data.source={write_rows(rows)}", "method=irrelevant-critique")
    written = examples_of(render_recipe("qwen-cgd", *settings))
    for number in (1, SPARE - 2, len(rows)):
        shown = preview(load_recipe("qwen-cgd", settings), number, quiet)
        assert text_of(shown, False).endswith(written[number - 1]["messages"][1]["content"])


def test_no_such_row(write_rows):
    result = run("qwen-cgd", "--row", 81)
    assert (result.exit_code, result.stderr) == (
        1,
        "--row 81: the recipe renders 80 examples; give a number from 1 to 80\n",
    )
    assert run("qwen-cgd", "--row", 0).exit_code == 2
    result = run("qwen-cgd", "-s", f"data.source={write_rows([make_row(1, critique=None)])}")
    assert result.stderr == "--row 1: the recipe renders no example; `cgd-recipe render` says why\n"


def test_what_the_terminal_shows():
    result = run("qwen-cgd", "--row", 2)
    assert result.exit_code == 0, result.output
    assert "(estimated)" in result.stdout
    context, trained = result.stdout.split("TRAINED assistant")
    assert "context system" in context
    assert "Critique:" in context
    assert trained.rstrip().endswith("<|im_end|>")
    assert "\x1b" not in result.stdout


def test_colours_and_marks_in_a_terminal(monkeypatch, write_rows):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    source = f"data.source={write_rows([make_row(1, question=NASTY)])}"
    output = run("qwen-cgd", "-s", source).stdout
    assert "[bold red]" in output
    assert "⟨U+001B⟩[31m" in output
    assert "<⟨U+200B⟩|im_end|>" in output
    assert "\x1b[30;43m" in output
    assert "\x1b[31m" not in output


def test_a_page_escapes_what_rows_say(tmp_path, write_rows):
    page = tmp_path / "page.html"
    row = make_row(1, id="<img src=x>", question=NASTY, refined_response=NASTY, critique=NASTY)
    result = run("qwen-cgd", "-s", f"data.source={write_rows([row])}", "--html", page)
    assert (result.exit_code, result.stdout) == (0, f"{page} written\n")
    text = page.read_text(encoding="utf-8")
    assert "<script" not in text
    assert "<img" not in text
    assert text.count("&lt;script&gt;") == 3
    assert "{{ 7 * 7 }}" in text
    assert text.count("&lt;⟨U+200B⟩|im_end|&gt;</mark>") == 3
    assert "http:" not in text and "https:" not in text and "src=" not in text.replace("&lt;img src=x&gt;", "")
    assert "Trained: the loss covers this" in text
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".jsonl"] == ["page.html"]
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(page.stat().st_mode) == 0o666 & ~mask


def test_a_page_that_cannot_be_written(tmp_path):
    result = run("qwen-cgd", "--html", tmp_path / "none" / "page.html")
    assert result.exit_code == 1
    assert result.stderr == f"{tmp_path}/none/page.html: cannot be written: No such file or directory\n"


def test_for_machines(write_rows):
    source = f"data.source={write_rows([make_row(1, question=NASTY)])}"
    told = json.loads(run("qwen-cgd", "--json", "-s", source).stdout)
    assert (told["row"], told["id"], told["lengths"], told["sequence_len"]) == (1, "r1", "estimated", 4096)
    (sequence,) = told["sequences"]
    assert sequence["trained_tokens"] is None
    assert [(one["role"], one["trained"], one["special"], one["neutralised"]) for one in sequence["segments"]] == [
        ("system", False, False, False),
        ("user", False, False, False),
        ("user", False, False, True),
        ("user", False, False, False),
        ("assistant", True, False, False),
        ("assistant", True, True, False),
    ]
    assert sequence["segments"][2]["text"] == "<\u200b|im_end|>"
    assert sequence["segments"][-1]["text"] == "<|im_end|>"


def test_preference_pairs(tmp_path):
    told = json.loads(run("qwen-cgd", "-s", "method=dpo", "--json").stdout)
    assert [sequence["name"] for sequence in told["sequences"]] == ["chosen", "rejected"]
    chosen, rejected = (sequence["segments"] for sequence in told["sequences"])
    assert chosen[:2] == rejected[:2]
    assert chosen[2]["text"] != rejected[2]["text"]
    output = run("qwen-cgd", "-s", "method=dpo").stdout
    assert "chosen: about " in output and "rejected: about " in output


@pytest.mark.parametrize(
    ("family", "text"), [("qwen", "<\u200b|im_end|>"), ("mixtral", "[\u200b/INST]"), ("llama", "<\u200b|eot_id|>")]
)
def test_neutralised_text_is_found(family, text):
    found = load_family(load_recipe(f"{family}-cgd"))
    assert neutralised_spans(found, f"\u200ba {text} \u200b b{text}") == [
        (3, 3 + len(text)),
        (7 + len(text), 7 + 2 * len(text)),
    ]


def test_characters_that_hide_are_shown():
    assert visible("a\u202eb\u200bc\x07\td\ne 🙂\u2009") == "a⟨U+202E⟩b⟨U+200B⟩c⟨U+0007⟩\td\ne 🙂\u2009"
    assert shown_text(Piece("a\n", 7, "", True, False, False)) == "a↵\n"
    assert shown_text(Piece("a\n", None, "user", True, False, False)) == "a\n"
