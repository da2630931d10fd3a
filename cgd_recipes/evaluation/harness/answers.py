"""A model's answers, on disk as they come: an evaluation that was stopped asks for what is missing and for nothing else."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from cgd_recipes.evaluation.harness.ends import Ends
from cgd_recipes.files.jsonl import json_line, parse_json
from cgd_recipes.files.regular import open_own

Ask = Callable[[list[Any]], Sequence[Any]]
"""Gives a model's answers to requests of lm-eval, in their order."""


class AnswerJournal:
    """The answers of one run of one model, one JSON line each.

    Args:
        path: the file, created where it is not there. Lines that a killed process did not finish are passed over.
        ends: what a server says of the ends of responses; read from the file, and written to it with each answer.
    """

    def __init__(self, path: Path, ends: Ends):
        self._ends = ends
        self._known: dict[str, deque[Any]] = defaultdict(deque)
        self._by_prompt: dict[str, str | None] = {}
        self._written: Counter[str] = Counter()
        path.parent.mkdir(parents=True, exist_ok=True)
        self._handle = open_own(path, "a+b")
        self._read()

    def _read(self) -> None:
        self._handle.seek(0)
        line = b"\n"
        for line in self._handle:
            with suppress(ValueError, KeyError, TypeError, AttributeError):
                entry = parse_json(line)
                if entry.pop("checksum", None) not in (None, _checksum(entry)):
                    continue
                self._known[entry["key"]].append(entry["answer"])
                if "finish_reason" in entry:
                    self._ends.note(entry["answer"], entry["finish_reason"])
        if not line.endswith(b"\n"):
            self._handle.write(b"\n")

    def __len__(self) -> int:
        """Answers that are there and were not handed out yet."""
        return sum(map(len, self._known.values()))

    def close(self) -> None:
        """Close the file."""
        self._handle.close()

    def answer(self, kind: str, ask: Ask, requests: Sequence[Any]) -> list[Any]:
        """The answers to requests: those that are known, and the model's to the others.

        Args:
            kind: lm-eval's type of request, `generate_until` for one.
            ask: the model; it is not called where everything is known.
            requests: of lm-eval, each with its `args`.
        """
        keys = [_key(kind, request.args) for request in requests]
        answers = [self._take(kind, key) for key in keys]
        missing = [index for index, answer in enumerate(answers) if answer is None]
        if not missing:
            return [_as_made(answer) for answer in answers]
        self._expect(kind, [(requests[index], keys[index]) for index in missing])
        made = ask([requests[index] for index in missing])
        for index, answer in zip(missing, made, strict=True):
            answers[index] = answer
            if self._written[keys[index]]:
                self._written[keys[index]] -= 1
            else:
                self._write(keys[index], answer)
        with self._kept():
            os.fsync(self._handle.fileno())
        return [_as_made(answer) for answer in answers]

    def _take(self, kind: str, key: str) -> Any:
        """The next known answer to a request; None where there is none, or a damaged line holds something else in its place."""
        known = self._known[key]
        while known:
            answer = known.popleft()
            if isinstance(answer, str) == (kind == "generate_until"):
                return answer
        return None

    def _expect(self, kind: str, requests: Sequence[tuple[Any, str]]) -> None:
        """Know which request an early answer belongs to, by its prompt; None where several requests share one."""
        self._by_prompt, self._written = {}, Counter()
        for request, key in requests:
            prompt = _prompt(kind, request.args)
            self._by_prompt[prompt] = key if self._by_prompt.get(prompt, key) == key else None

    def add_partial(self, kind: str, arguments: Sequence[Any], answer: Any) -> None:
        """Keep one answer while others are still being made; lm-eval calls this, with generation kwargs of its own."""
        key = self._by_prompt.get(_prompt(kind, arguments))
        if key is not None and answer is not None:
            self._write(key, answer)
            self._written[key] += 1

    def _write(self, key: str, answer: Any) -> None:
        reason = self._ends.reason(answer) if isinstance(answer, str) else None
        entry = {"key": key, "answer": answer, **({} if reason is None else {"finish_reason": reason})}
        with self._kept():
            self._handle.write(json_line({**entry, "checksum": _checksum(entry)}, default=_plain))
            self._handle.flush()

    @contextmanager
    def _kept(self) -> Iterator[None]:
        """End the process where the disk is full, say: lm-eval would take an exception for a server's, and ask again and again."""
        try:
            yield
        except OSError as error:
            message = f"{os.path.abspath(self._handle.name)}: an answer cannot be kept: {error.strerror}"
            raise SystemExit(message) from None


def _checksum(entry: Mapping[str, Any]) -> str:
    """Tells a line in which a bit was turned."""
    return hashlib.sha256(json.dumps(entry, sort_keys=True, default=_plain).encode()).hexdigest()[:8]


def _prompt(kind: str, arguments: Sequence[Any]) -> str:
    """What tells requests apart, without the generation kwargs, to which engines add."""
    return _key(kind, arguments[:1] if kind == "generate_until" else arguments)


def _key(kind: str, arguments: Sequence[Any]) -> str:
    text = json.dumps([kind, *arguments], sort_keys=True, default=repr)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _as_made(answer: Any) -> Any:
    """lm-eval's loglikelihoods are pairs, which JSON keeps as lists."""
    return tuple(answer) if isinstance(answer, list) else answer


def _plain(value: Any) -> Any:
    """A number of numpy's or torch's as Python's."""
    return value.item()
