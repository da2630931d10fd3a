"""Last sentences in other languages than English: a word that concludes, one value, and no word of doubt."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

from cgd_recipes.grading.prose.lexer import lexed
from cgd_recipes.grading.prose.masked import M

LANGUAGES: dict[str, dict[str, list[str]]] = json.loads(
    Path(__file__).with_name("languages.json").read_text(encoding="utf-8")
)
# Written without blanks between words.
UNBROKEN = ("zh", "ja", "ko")
# So many of its words, or letters that English does not have, tell a language.
MIN_MARKS = 2
CJK = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]")
CYRILLIC = re.compile(r"[\u0400-\u04ff]")
ENGLISH = re.compile(r"\b(?:the|is|are|of|has|have|there|this|that|she|he|they|we|it|with|for)\b", re.IGNORECASE)
NUMBER = re.compile(r"(?:[$\u20ac\u00a3]\s?)?-?\d+(?:[.,]\d+)*(?:\s?[%\u20ac\u00a3])?")


# With a comma, as in most languages.
DECIMAL = re.compile(r"^(-?\d+),(\d{1,2}|\d{4,})$")


# "3,5 litres par famille"
LABELLED = re.compile(
    r"(?P<number>(?:[$\u20ac\u00a3]\s?)?-?\d[\d.,]*)(?P<unit>(?:\s?[^\W\d]+){0,2}?)(?:\s(?:pro|par|por|per|je|na|\u043d\u0430)\s[^\W\d]+)?"
)
COMMA = re.compile(r"(?<![\d.,])(-?\d+),(\d{1,2}|\d{4,})(?![\d.,]*\d)")


def in_figures_of(said: str) -> str:
    """What a label in another language states, its number with a point for a comma; "" where a word of doubt is with a number."""
    plain = said.replace("**", "").strip(" .")
    if re.search(r"\d", plain) and any(
        _holds(plain, words["doubt"], name) for name, words in LANGUAGES.items() if name not in UNBROKEN
    ):
        return ""
    plain = COMMA.sub(r"\1.\2", plain)
    match = LABELLED.fullmatch(plain)
    if match is None and CJK.search(plain):
        numbers: list[str] = NUMBER.findall(plain)
        name = language_of(plain) or ""
        if len(numbers) == 1 and not re.search(r"[=<>]", plain) and not _holds(plain, LANGUAGES[name]["doubt"], name):
            return numbers[0]
    return (match["number"] + match["unit"] if match else plain).rstrip(".")


def in_other_language(sentence: str, name: str) -> str | None:
    """The value that a sentence in another language than English states."""
    words = LANGUAGES[name]
    if (
        not _holds(sentence, words["concludes"], name)
        or _holds(sentence, words["doubt"], name)
        or re.search(r"[?\uff1f]", sentence)
    ):
        return None
    if CJK.search(sentence):
        numbers = NUMBER.findall(sentence)
        return numbers[0] if len(numbers) == 1 and not re.search(r"[=<>]", sentence) else None
    whole = lexed(sentence)
    return (
        DECIMAL.sub(r"\1.\2", whole.values[0])
        if whole and whole.text.count(M) == 1 and len(whole.values) == 1 and re.search(r"\d", whole.values[0])
        else None
    )


def language_of(sentence: str) -> str | None:
    """The language that a sentence seems to be in; None for English and for what is not clear."""
    if CJK.search(sentence):
        return (
            "ko"
            if re.search(r"[\uac00-\ud7af]", sentence)
            else "ja"
            if re.search(r"[\u3040-\u30ff]", sentence)
            else "zh"
        )
    if CYRILLIC.search(sentence):
        return "ru"
    if ENGLISH.search(sentence):
        return None
    small = frozenset(re.findall(r"[^\W\d_]+", sentence.casefold()))
    counts = {
        name: len(small.intersection(words["marks"])) + _holds(sentence, words["concludes"], name)
        for name, words in LANGUAGES.items()
        if name not in (*UNBROKEN, "ru")
    }
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] >= MIN_MARKS else None


def _holds(sentence: str, words: list[str], name: str) -> bool:
    small = sentence.casefold()
    if name in UNBROKEN:
        return any(word in small for word in words)
    return _any_of(tuple(words)).search(small) is not None


@cache
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)")
