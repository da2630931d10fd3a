"""Shape: what can be told of a text without knowing what is right: unfinished, in loops, too long, in another language."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import ClassVar

from cgd_recipes.curation.protocol import Entry, Filter, Share, because
from cgd_recipes.data.filters.protocol import Drop
from cgd_recipes.data.measure import Measure
from cgd_recipes.files.shipped import data_root
from cgd_recipes.files.yaml import read_yaml
from cgd_recipes.grading import extract_answer
from cgd_recipes.recipe.plan import Plan
from cgd_recipes.reporting.signs import has_phrase

TEXTS = ("student_response", "critique", "refined_response", "teacher_response")
_ENDS = ("whole", "no final answer", "no sentence end", "cut off")
_YES_NO = ("yes", "no")


def _share(name: str, title: str, fact: str, hits: Sequence[str], values: Sequence[str] = _YES_NO) -> Share:
    return Share(name, title, {fact: values}, {fact: hits}, False)


SHARES = (
    _share("unfinished", "refined answers that are cut off or end within a sentence", "refined_end", _ENDS[2:], _ENDS),
    _share("unanswered", "refined answers without a final answer", "refined_end", _ENDS[1:], _ENDS),
    _share("loops", "rows with a text that repeats itself over and over", "loops", ["yes"]),
    _share("speaks", "refined answers that speak of the student's answer or of the critique", "speaks", ["yes"]),
    _share("other_language", "rows with a text in another language", "language", ["other"], ["same", "other"]),
    _share("too_long", "rows with a text that is longer than allowed", "long", ["yes"]),
)
# What ends a text as people do, with what may close behind it.
_SENTENCE_END = re.compile(r"(?:[.!?\u3002\uff01\uff1f\u2026]|\$|\\\)|\\\]|\}|```)[\s\"'\u201d\u2019)\]*_`$}]*\Z")
_CUT_MARK = re.compile(
    r"(?:\.{3,}|\u2026|\[(?:truncated|cut|continued|\.\.\.)\]|<\w+_cut>|[,;:(\[{=+\u2013-])\s*\Z", re.IGNORECASE
)
_END = 200
"""Characters in which a text ends; in all of one, the dots of a model that loops would be looked at over and over."""
_TAILS = (1_000, 240)
"""Characters of the end that are looked at: a model that loops does so to its end, in few words or in whole paragraphs."""
_PACKED = 0.15
"""zlib packs a loop to less than this share. Answers of the sample rows are packed to 0.3 and more; Whisper's rule is 0.42."""
_FEWEST_WORDS = 12
_SCRIPT_SHARE = 0.3


class Shape(Filter):
    """Finds texts of a bad shape; drops their rows by `curate.shape`."""

    reads = frozenset([*TEXTS, "question"])
    shares: ClassVar[tuple[Share, ...]] = SHARES

    def __init__(self, plan: Plan, measure: Measure):
        section = plan.recipe.curate["shape"]
        self._language, self._limits = section["language"], section["max_tokens"]
        self._dropped = {key for key in _FAULTS if section[key] == "drop"}
        self.drops = bool(self._dropped)
        self._count: Callable[[str], int] = partial(_tokens, measure)

    def examine(self, entries: Sequence[Entry]) -> None:
        """Look at every text."""
        for entry in entries:
            fields, facts = entry.row.fields, entry.facts
            texts = {name: fields[name] for name in TEXTS if name in fields}
            if not texts:
                continue
            facts["loops"] = "yes" if any(map(is_loop, texts.values())) else "no"
            refined = texts.get("refined_response")
            if refined:
                facts["refined_end"] = end_of(refined)
                speaks = has_phrase(refined) and not has_phrase(fields["question"])
                facts["speaks"] = "yes" if speaks else "no"
            if self._language:
                told = {language_of(text) for text in texts.values()} - {""}
                if told:
                    facts["language"] = "same" if told == {self._language} else "other"
            if self._limits:
                over = [
                    name for name in self._limits if name in texts and self._count(texts[name]) > self._limits[name]
                ]
                facts["long"] = "yes" if over else "no"

    def apply(self, entry: Entry) -> Drop | None:
        """Drop a row of a bad shape."""
        for key in _FAULTS:
            fact, values, words = _FAULTS[key]
            if key in self._dropped and entry.facts.get(fact) in values:
                return because(f"curate.shape.{key}: {words}")
        return None


_FAULTS = {
    "unfinished": ("refined_end", _ENDS[2:], "the refined answer is not finished"),
    "unanswered": ("refined_end", _ENDS[1:], "the refined answer has no final answer"),
    "loops": ("loops", ("yes",), "a text repeats itself over and over"),
    "speaks": ("speaks", ("yes",), "the refined answer speaks of the student's answer or of the critique"),
    "other_language": ("language", ("other",), "a text is in another language"),
    "too_long": ("long", ("yes",), "a text is longer than curate.shape.max_tokens allows"),
}
"""Key of `curate.shape` -> the fact it looks at, the values that drop a row, and why."""


def end_of(text: str) -> str:
    """How an answer ends: `whole`, `no final answer`, `no sentence end` or `cut off`."""
    answer, fault = extract_answer(text)
    stripped = text.rstrip()
    end = stripped[-_END:]
    is_sentence = _SENTENCE_END.search(end)
    if fault == "cut off" or _CUT_MARK.search(end) or stripped.count("```") % 2:
        return "cut off"
    if not fault and (is_sentence or stripped.endswith(answer[-20:])):
        return "whole"
    if not is_sentence:
        return "no sentence end"
    return "no final answer"


def is_loop(text: str) -> bool:
    """Whether a text ends in a loop: its end can be packed to nearly nothing."""
    tails = [text[-length:].encode(errors="replace") for length in _TAILS if len(text) >= length]
    return any(len(zlib.compress(tail, 6)) < _PACKED * len(tail) for tail in tails)


def language_of(text: str) -> str:
    """The code of a text's language by templates/languages.yaml; empty where it cannot be told, as of mere formulas."""
    scripts, words = _languages()
    letters = sum(map(str.isalpha, text))
    for code, pattern in scripts.items():
        if letters and len(pattern.findall(text)) > _SCRIPT_SHARE * letters:
            return code
    found = re.findall(r"[^\W\d_]+", text.lower())
    if len(found) < _FEWEST_WORDS:
        return ""
    hits = {code: sum(word in known for word in found) for code, known in words.items()}
    best = max(hits, key=lambda code: hits[code])
    return best if hits[best] >= max(2, 0.04 * len(found)) else ""


@cache
def _languages() -> tuple[dict[str, re.Pattern[str]], dict[str, frozenset[str]]]:
    listed = read_yaml(data_root() / "templates" / "languages.yaml").value
    scripts = {code: re.compile(f"[{letters}]") for code, letters in listed["scripts"].items()}
    return scripts, {code: frozenset(words) for code, words in listed["words"].items()}


def _tokens(measure: Measure, text: str) -> int:
    if measure.chat:
        return len(measure.chat.tokenizer.encode(text, add_special_tokens=False))
    return round(len(text) / measure.characters_per_token)
