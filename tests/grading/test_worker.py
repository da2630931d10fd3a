"""The process that grades, and the pool of them."""

import io
import json

import pytest
from helpers.lists import some

from cgd_recipes.grading import Gold, Grade, GradingPool
from cgd_recipes.grading.strict import settle
from cgd_recipes.grading.worker import serve

pytest.importorskip("math_verify")


def said(answer):
    return f"So it is $\\boxed{{{answer}}}$."


def test_a_worker_answers_line_by_line():
    requests = [
        ["strict", Gold("x^2+x"), "x(x+1)"],
        ["strict", Gold("x^2+x"), "x(x-1)"],
        ["compat", Gold("x"), said("x+0")],
    ]
    replies = io.StringIO()
    serve([json.dumps(request) for request in requests], replies, 0)
    assert [Grade(*json.loads(reply)).correct for reply in replies.getvalue().splitlines()] == [True, False, True]


@pytest.mark.processes
def test_tasks_that_come_one_by_one_start_one_worker():
    with GradingPool(workers=8) as pool:
        for number in range(3):
            assert pool.grade(Gold("x^2+x"), said(f"x(x+{number})")).correct is (number == 1)
        pool.grade_many([(Gold("x^2+x"), said(f"x(x-{number})")) for number in range(4)])
        assert sum(worker.process is not None for worker in pool._workers) == 1


@pytest.mark.processes
def test_a_worker_imports_nothing_from_the_current_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("json", "sympy", "math_verify"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('was imported')\n")
    with GradingPool(workers=1) as pool:
        assert pool.grade(Gold("x^2+x"), said("x(x+1)")).correct


@pytest.mark.parametrize(
    "response",
    some([
        r"\boxed{1} " * 100_000, r"\boxed{" * 150_000, r"\boxed{1}, " * 90_000, "answer: " * 130_000, "A: 1\n" * 200_000,
        "### Answer\n" * 90_000, "<answer>" * 120_000, "The answer is:" + "\n" * 1_000_000, "**" * 500_000, "\\" * 1_000_000,
    ], every=3),
    ids=lambda response: response[:12],
)  # fmt: skip
def test_a_megabyte_is_looked_at_in_little_work(response, monkeypatch):
    from cgd_recipes.grading.endings import extract, statement

    asked = []
    for module, name in ((extract, "closing_brace"), (statement, "whole")):
        real = getattr(module, name)
        monkeypatch.setattr(module, name, lambda text, *rest, real=real: asked.append(text) or real(text, *rest))
    assert not settle(Gold("12345"), response).grade.correct
    assert len(asked) <= 2 * extract.MAX_BOXES
