"""Answers on disk: what a stopped evaluation asks for again, and what it does not."""

import errno
import json
from types import SimpleNamespace

import pytest

from cgd_recipes.evaluation.harness.answers import AnswerJournal
from cgd_recipes.evaluation.harness.ends import Ends
from cgd_recipes.files.jsonl import read_jsonl

HOSTILE = ["a\u2028b", "a\u0085b", "a\ud800b", "a\x00b", "\ufeff", " " * 1_000_000, "", "\n\r\n", "\u2029\x0b\x0c\x1c"]


def request(prompt, options=None):
    return SimpleNamespace(args=(prompt, options or {"temperature": 0}))


class Engine:
    """Answers prompts; stops after some of them, telling each early if it is one of those that do."""

    def __init__(self, answers, *, stop_after=None, early=True):
        self.answers, self.stop_after, self.early = answers, stop_after, early
        self.asked = []
        self.journal = None

    def __call__(self, requests):
        made = []
        for number, each in enumerate(requests):
            if number == self.stop_after:
                raise KeyboardInterrupt
            self.asked.append(each.args[0])
            made.append(self.answers[each.args[0]])
            if self.early:  # engines add to the options that they were given
                self.journal.add_partial("generate_until", (each.args[0], {**each.args[1], "stop": []}), made[-1])
        return made


@pytest.fixture
def ask(tmp_path):
    """Ask an engine through the journal, as a process of its own would."""

    def run(engine, prompts, ends=None, kind="generate_until"):
        journal = AnswerJournal(tmp_path / "answers" / "x-seed42.jsonl", ends or Ends())
        engine.journal = journal
        try:
            return journal.answer(kind, engine, [request(prompt) for prompt in prompts])
        finally:
            journal.close()

    run.path = tmp_path / "answers" / "x-seed42.jsonl"
    return run


@pytest.mark.parametrize("early", [True, False])
def test_what_was_answered_is_not_asked_again(early, ask):
    answers = {f"p{number}": text for number, text in enumerate(HOSTILE)}
    first = ask(Engine(answers, early=early), list(answers))
    assert first == HOSTILE
    again = Engine({})
    assert ask(again, list(answers)) == HOSTILE
    assert again.asked == []


def test_a_run_that_was_killed_asks_for_the_rest(ask):
    answers = {f"p{number}": f"a{number}" for number in range(6)}
    with pytest.raises(KeyboardInterrupt):
        ask(Engine(answers, stop_after=4), list(answers))
    rest = Engine(answers)
    assert ask(rest, list(answers)) == list(answers.values())
    assert rest.asked == ["p4", "p5"]


@pytest.mark.parametrize("cut", [2, 10, 40])
def test_a_line_that_was_cut_off_is_asked_again(cut, ask):
    answers = {"p": "one", "q": "two"}
    ask(Engine(answers), list(answers))
    ask.path.write_bytes(ask.path.read_bytes()[:-cut])
    rest = Engine(answers)
    assert ask(rest, list(answers)) == ["one", "two"]
    assert rest.asked == ["q"]
    last = Engine({})
    assert ask(last, list(answers)) == ["one", "two"]


def test_a_damaged_line_in_the_middle_costs_one_answer(ask):
    answers = {"p": "one", "q": "two", "r": "three"}
    ask(Engine(answers), list(answers))
    lines = ask.path.read_bytes().split(b"\n")
    ask.path.write_bytes(b"\n".join([lines[0], b'{"key": [', b"7", *lines[2:]]))
    rest = Engine(answers)
    assert ask(rest, list(answers)) == ["one", "two", "three"]
    assert rest.asked == ["q"]


def test_a_prompt_that_stands_twice_has_two_answers(ask):
    both = Engine({"p": "same"}, early=False)
    assert ask(both, ["p", "p"]) == ["same", "same"]
    third = Engine({"p": "third"}, early=False)
    assert ask(third, ["p", "p", "p"]) == ["same", "same", "third"]
    assert third.asked == ["p"]


def test_tasks_that_share_a_prompt_and_not_their_options_are_told_apart(tmp_path):
    journal = AnswerJournal(tmp_path / "x.jsonl", Ends())
    requests = [request("p", {"until": []}), request("p", {"until": ["."]})]

    def engine(asked):
        for each in asked:  # which of the two this is cannot be told from the prompt
            journal.add_partial("generate_until", (each.args[0], {"stop": 1}), "early")
        return ["whole", "short"]

    assert journal.answer("generate_until", engine, requests) == ["whole", "short"]
    journal.close()
    journal = AnswerJournal(tmp_path / "x.jsonl", Ends())
    assert journal.answer("generate_until", lambda asked: [], requests[::-1]) == ["short", "whole"]
    journal.close()


def test_loglikelihoods_are_kept_as_pairs(ask):
    engine = Engine({"p": (-1.5, True), "q": (float("-inf"), False)}, early=False)
    assert ask(engine, ["p", "q"], kind="loglikelihood") == [(-1.5, True), (float("-inf"), False)]
    assert ask(Engine({}), ["p", "q"], kind="loglikelihood") == [(-1.5, True), (float("-inf"), False)]


def test_finish_reasons_are_kept_with_their_answers(ask):
    ends = Ends()
    ends.note("cut", "content_filter")
    ask(Engine({"p": "cut", "q": "whole"}), ["p", "q"], ends)
    again = Ends()
    ask(Engine({}), ["p", "q"], again)
    assert (again.reason("cut"), again.reason("whole")) == ("content_filter", None)
    assert [("finish_reason" in entry) for _, entry in read_jsonl(ask.path)] == [True, False]


def test_a_text_that_ended_in_two_ways_keeps_the_worse():
    for order in (["stop", "length", "abort"], ["abort", "length", "stop"]):
        ends = Ends()
        for reason in order:
            ends.note("x", reason)
        assert ends.reason("x") == "abort"


def test_every_answer_is_one_line_for_other_programs_too(ask):
    answers = {f"p{number}": text for number, text in enumerate(HOSTILE)}
    ask(Engine(answers), list(answers))
    lines = ask.path.read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["answer"] for line in lines] == HOSTILE


@pytest.mark.parametrize(
    "line",
    [
        "null", "[1]", "5", '"x"', '{"key": []}', '{"key": "KEY", "answer": {"a": 1}}', '{"key": "KEY", "answer": 5}',
        '{"key": "KEY", "answer": null}', '{"key": "KEY", "answer": ["one"]}', '{"key": {}, "answer": "x"}',
    ],
)  # fmt: skip
def test_a_line_that_holds_something_else_is_asked_again(line, ask):
    ask(Engine({"p": "one"}), ["p"])
    key = json.loads(ask.path.read_text())["key"]
    ask.path.write_text(line.replace("KEY", key) + "\n")
    rest = Engine({"p": "one"})
    assert ask(rest, ["p"]) == ["one"]
    assert rest.asked == ["p"]


def test_a_line_in_which_something_was_turned_is_asked_again(ask):
    ends = Ends()
    ends.note("one", "stop")
    ask(Engine({"p": "one"}), ["p"], ends)
    for before, after in (("one", "ono"), ("stop", "stoq")):
        text = ask.path.read_text()
        ask.path.write_text(text.replace(before, after))
        rest = Engine({"p": "one"})
        assert ask(rest, ["p"], ends) == ["one"]
        assert rest.asked == ["p"]
        ask.path.write_text(text)


def test_lines_without_a_checksum_are_read(ask):
    ask(Engine({"p": "one"}), ["p"])
    entry = json.loads(ask.path.read_text())
    del entry["checksum"]
    ask.path.write_text(json.dumps(entry) + "\n")
    assert ask(Engine({}), ["p"]) == ["one"]


@pytest.mark.parametrize("early", [True, False])
def test_a_full_disk_ends_the_process_at_once(early, ask, tmp_path):
    class Full:
        name = "x.jsonl"

        def write(self, _):
            raise OSError(errno.ENOSPC, "No space left on device")

        close = flush = lambda self: None

    journal = AnswerJournal(tmp_path / "x.jsonl", Ends())
    journal.close()
    journal._handle = Full()
    engine = Engine({"p": "one", "q": "two"}, early=early)
    engine.journal = journal
    # No Exception, for which lm-eval would ask a server again.
    with pytest.raises(SystemExit, match=r"x.jsonl: an answer cannot be kept: No space left on device"):
        journal.answer("generate_until", engine, [request("p"), request("q")])
    assert engine.asked == (["p"] if early else ["p", "q"])
