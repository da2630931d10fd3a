"""Holds a student's tokenizer and chat template against what a recipe takes for granted, on one conversation.

Only the standard library is imported: a copy of this file goes into every rendered folder as `check_student.py`, and
launch.sh runs it beside the trainer, where the tokenizer is loaded as the trainer loads it.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

Messages = Sequence[Mapping[str, str]]


def _content(first: str, word: str, last: str) -> str:
    """What a template may trip over, and what it may cut a text at: headings, fences, rules, tags, a length."""
    marks = f'  1. "1 + 1" & <b>{word}</b> {{{{ x }}}}\n\n\\boxed{{2}} \u2013 caf\u00e9 \U0001f600\n### {word}\n```\n{word} = 2\n```\n---'
    numbered = "\n".join(f"{word} {number}" for number in range(500))
    return f"{first}\n\n{marks}\n<answer>{word}</answer>\n{numbered}\n{last}"


ANSWER = _content("We add.", "so", "It is 2.")
_THOUGHT = "I count on my fingers."
QUESTION = {"role": "user", "content": _content("What is 1 + 1?", "if", "Say it.")}
# Stands for the answer in a second render, to find where the template puts it. Private use: no text holds it.
_MARK = "\ue000answer\ue001"
DAYS = ("2001-01-01", "2031-12-30")
ERROR, WARNING = "error", "warning"


class Fault(NamedTuple):
    """What is wrong with a student.

    Attributes:
        level: `ERROR` or `WARNING`.
        about: the family's key that does not fit, or `student`.
        message: what is wrong, and what to do.
    """

    level: str
    about: str
    message: str


_error, _warning = partial(Fault, ERROR), partial(Fault, WARNING)


@dataclass(frozen=True)
class Expected:
    """What a recipe takes for granted.

    Attributes:
        end_of_turn: the token that ends an answer.
        control_tokens: patterns by which row text is made harmless.
        system: the system message; None where there is none.
        embeddings: rows of the student's embeddings; None where not known.
        thinking: what is written before and after a thought, where answers begin with one; None where they do not.
    """

    end_of_turn: str
    control_tokens: list[str]
    system: str | None
    embeddings: int | None
    thinking: Sequence[str] | None = None


@dataclass(frozen=True)
class Student:
    """A student's tokenizer and chat template, however they were loaded.

    Attributes:
        text: a conversation in its chat layout, with the generation prompt or without, on a day.
        prompts: whether that has the generation prompt of inference.
        vocabulary: token -> id; empty where it is not at hand.
        added: tokens that are found in any text before it is cut into pieces.
        named: special tokens by their names, such as `pad_token`; None where the trainer does not use them.
        template: source of the chat template.
        encode: token ids of a text; None where no tokenizer is at hand.
    """

    text: Callable[[Messages, bool, str], str]
    vocabulary: Mapping[str, int]
    added: Mapping[str, bool]
    named: Mapping[str, str] | None
    template: str
    encode: Callable[[str], list[int]] | None = None
    prompts: bool = True

    @property
    def size(self) -> int:
        """Rows that the embeddings must have."""
        return max(self.vocabulary.values(), default=-1) + 1

    def controls(self) -> list[str]:
        """Added tokens that steer it: those that are marked as special, and those that its chat template writes."""
        return [token for token, special in self.added.items() if special or (token.strip() and token in self.template)]


def examine(student: Student, expected: Expected) -> Iterator[Fault]:
    """Everything in which a student is not what a recipe takes for granted."""
    yield from _vocabulary_faults(student, expected)
    yield from _name_faults(student, expected)
    yield from _template_faults(student, expected)


def _vocabulary_faults(student: Student, expected: Expected) -> Iterator[Fault]:
    end, rows = expected.end_of_turn, expected.embeddings
    if not student.vocabulary:
        return
    if end not in student.vocabulary:
        cure = "write the token with which this student ends a turn, or take the family that it belongs to"
        yield _error("end_of_turn", f"'end_of_turn' {end} is no token of the student's vocabulary; {cure}")
    elif end not in student.added and end not in (student.named or {}).values():
        cure = "add it to special_tokens of the family's trainer, or to the tokenizer's added tokens"
        yield _error("end_of_turn", f"'end_of_turn' {end} is in the vocabulary, but text is cut before it; {cure}")
    if rows and rows < student.size:
        tokens = dict.fromkeys([end, *student.controls()])
        used = [token for token in tokens if student.vocabulary.get(token, 0) >= rows]
        written = [token for token in used if token == end or token in student.template]
        message = f"the tokenizer has {student.size:,} tokens, and the embeddings {rows:,} rows (vocab_size)"
        if written or not used:
            cure = "use the tokenizer that the model was trained with, or add the rows to the model"
            yield _error("student", f"{message}: {', '.join(written) or 'text'} would have none; {cure}")
    yield from _pattern_faults(student, expected)


def _pattern_faults(student: Student, expected: Expected) -> Iterator[Fault]:
    pattern = re.compile("|".join(expected.control_tokens))
    loose = [token for token in student.controls() if not _is_broken_by(pattern, token)]
    if loose:
        listed = ", ".join(loose[:5]) + (f" and {len(loose) - 5} more" if len(loose) > 5 else "")
        message = f"'control_tokens' do not match {listed}, which are control tokens also in row text"
        cure = "add patterns for them to a family file of your own"
        yield _warning("control_tokens", f"{message}; {cure}")


def _is_broken_by(pattern: re.Pattern[str], token: str) -> bool:
    """Whether the zero-width space that goes into every match leaves nothing of a token."""
    return any(found.end() - found.start() > 1 for found in pattern.finditer(token))


def _name_faults(student: Student, expected: Expected) -> Iterator[Fault]:
    if student.named is None:
        return
    end, eos, pad = expected.end_of_turn, student.named.get("eos_token"), student.named.get("pad_token")
    if eos != end:
        message = f"'end_of_turn' is {end}, and the tokenizer's EOS is {eos or 'not set'}: generation would not stop"
        yield _error("end_of_turn", f"{message}; set special_tokens.eos_token: {end} in the family")
    for name, token in student.named.items():
        if token and token != end and student.vocabulary and token not in student.vocabulary:
            message = f"{name} {token} is no token of the student's vocabulary, so the trainer adds a row for it"
            yield _warning("student", f"{message}; set special_tokens.{name} in the family to one that it has")
    if pad in (None, "", end):
        what = f"is {end}, which ends a turn" if pad else f"is not set, so the trainer takes {end}"
        message = f"the padding token {what}: where padding is left out of the loss, no end of an answer is trained"
        yield _warning("student", f"{message}; set special_tokens.pad_token in the family to another token")


def conversation(system: str | None, answer: str) -> list[Mapping[str, str]]:
    """The conversation that is laid out, with an answer."""
    head = [{"role": "system", "content": system}] if system else []
    return [*head, QUESTION, {"role": "assistant", "content": answer}]


def _template_faults(student: Student, expected: Expected) -> Iterator[Fault]:
    """What the chat template does to a conversation; it can raise anything."""
    try:
        yield from _layout_faults(student, expected)
    except Exception as error:
        try:
            student.text(conversation(None, ANSWER), False, DAYS[0])
        except Exception:
            yield _error("student", f"the student's chat template fails: {error}")
        else:
            cure = "set axolotl.chat_template in the family to one that takes it, or system_prompt: null"
            yield _error("student", f"the chat template refuses the system message ({error}); {cure}")


def _layout_faults(student: Student, expected: Expected) -> Iterator[Fault]:
    def text(answer: str, day: str = DAYS[0]) -> str:
        return student.text(conversation(expected.system, answer), False, day)

    before, found, after = text(_MARK).partition(_MARK)
    if not found:
        yield _error("student", "the chat template leaves out the answer; use the template of a chat model")
        return
    full = text(ANSWER)
    if full != before + ANSWER + after:
        yield _lost("changes the answer", ANSWER, full)
    yield from _end_faults(after, expected.end_of_turn)
    if expected.system and expected.system.strip() not in before:
        cure = "set axolotl.chat_template in the family to one that writes it, or system_prompt: null"
        yield _error("student", f"the chat template leaves out or changes the system message; {cure}")
    if QUESTION["content"] not in before:
        yield _lost("leaves out or changes the question", QUESTION["content"], before)
    if student.prompts:
        yield from _prompt_faults(student, expected, before, full)
    yield from _thinking_faults(text, expected)
    if text(ANSWER, DAYS[1]) != full:
        cure = "set a template without it in the family (axolotl.chat_template: jinja)"
        message = "the chat template writes today's date, so that training and evaluation differ by it"
        yield _warning("student", f"{message}; {cure}")


def _lost(what: str, content: str, text: str) -> Fault:
    """What a template does to a content, with the first line that is not there."""
    line = next((line for line in content.splitlines() if line not in text), None)
    lost = f"{line!r} is not in it" if line else "its white space is another, or it is there twice"
    return _error("student", f"the chat template {what}: {lost}; use one that writes the content of a message as it is")


def _thinking_faults(text: Callable[[str], str], expected: Expected) -> Iterator[Fault]:
    opens, closes = expected.thinking or ("<think>\n", "\n</think>\n\n")
    answer = opens + _THOUGHT + closes + ANSWER
    if expected.thinking and answer not in text(answer):
        message = (
            "the chat template cuts or changes the thinking before an answer, which 'thinking' is to keep or train"
        )
        yield _error("student", f"{message}; set one that writes answers as they are, or thinking: drop")
    elif not expected.thinking and _THOUGHT not in text(answer):
        message = "the chat template cuts reasoning (<think>) out of answers"
        yield _warning("student", f"{message}, and so does this recipe ('thinking' is drop)")


def _end_faults(after: str, end: str) -> Iterator[Fault]:
    rest = after.partition(end)[2]
    if end not in after:
        message = f"the chat template writes {after!r} after an answer, and not 'end_of_turn' {end}"
        yield _error("end_of_turn", f"{message}: the student would not learn to stop; correct one of them")
    elif not after.startswith(end):
        message = f"the chat template writes {after.partition(end)[0]!r} between an answer and 'end_of_turn' {end}"
        yield _error("end_of_turn", f"{message}, which is not trained, so the student would not reach its end")
    elif rest.strip():
        message = f"the chat template writes {rest.strip()!r} after 'end_of_turn' {end}, so it is not the last token of an answer"
        yield _error("end_of_turn", f"{message}; write the token that comes last")


def _prompt_faults(student: Student, expected: Expected, before: str, full: str) -> Iterator[Fault]:
    prompt = student.text(conversation(expected.system, "")[:-1], True, DAYS[0])
    cure = "set one for both in the family (axolotl.chat_template: jinja), as families/qwen3.yaml does"
    # The space before the first word of an answer is part of its first token, as SentencePiece cuts text.
    if before not in (prompt, f"{prompt} "):
        same = next(at for at in range(len(prompt), -1, -1) if before.startswith(prompt[:at]))
        ends = f"the prompt of inference goes on with {prompt[same:][:99]!r}, and training with {before[same:][:99]!r}"
        yield _error("student", f"the prompt of inference is not what an answer is trained after: {ends}; {cure}")
    elif student.encode:
        start, whole = student.encode(prompt), student.encode(full)
        if whole[: len(start)] != start:
            message = "the tokens of the inference prompt are not the first tokens of training: the tokenizer joins its end with the answer"
            yield _error("student", f"{message}; {cure}")


def _load(settings: Mapping[str, Any]) -> Student:
    """The student as the trainer loads it."""
    from transformers import AutoTokenizer

    revision = {"revision": settings["revision"]} if settings["revision"] else {}
    trusted = settings["trust_remote_code"]
    tokenizer = AutoTokenizer.from_pretrained(settings["student"], trust_remote_code=trusted, **revision)
    vocabulary = tokenizer.get_vocab()
    tokenizer.add_special_tokens(dict(settings["special_tokens"]))
    template = settings["template"] or tokenizer.chat_template
    template = template["default"] if isinstance(template, Mapping) else template

    def text(messages: Messages, prompt: bool, day: str) -> str:
        options = {"chat_template": template, "add_generation_prompt": prompt, **settings["variables"]}
        options["strftime_now"] = lambda layout: day
        return str(tokenizer.apply_chat_template(list(messages), tokenize=False, **options))

    encode: Callable[[str], list[int]] = partial(tokenizer.encode, add_special_tokens=False)
    is_own = settings["is_own"]
    named = {name: str(getattr(tokenizer, name) or "") for name in ("eos_token", "pad_token")} if is_own else None
    special = {token.content: token.special for token in tokenizer.added_tokens_decoder.values()}
    return Student(text, vocabulary, special, named, template or "", encode, is_own)


def main(file: str) -> int:
    """Check the student that a rendered folder is for; the exit code is 1 where training would go wrong."""
    with open(file, encoding="utf-8") as handle:
        settings = json.load(handle)
    try:
        student = _load(settings)
    except ImportError as error:
        print(f"launch.sh: the student was not looked at: {error}.", file=sys.stderr)
        return 0
    except (OSError, ValueError) as error:
        print(f"launch.sh: error: the student's tokenizer cannot be loaded: {error}", file=sys.stderr)
        return 1
    for fault in (faults := list(examine(student, Expected(**settings["expected"])))):
        print(f"launch.sh: {fault.level}: {fault.message}.", file=sys.stderr)
    return int(any(fault.level == ERROR for fault in faults))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
