"""Ratios, chances and mixed numbers of a sentence, written as its question asks for them."""

from __future__ import annotations

import re

ASKED = re.compile(r"\b(?:ratio|odds)\b", re.IGNORECASE)
CHANCE = re.compile(r"\b(?:probability|chance)\b", re.IGNORECASE)
OUT_OF = re.compile(r"(?<=\d)\s+(?:in|out\s+of)\s+(?=\d)")
TO = re.compile(r"(?<=\d)\s+to\s+(?=\d)")
AS_TO = re.compile(r"\bas\s+(?P<one>\d+)\s+(?:is\s+)?to\s+(?P<other>\d+)\b")
# "1 and 7/12", "3 boys for every 4 girls"
MIXED = re.compile(r"(?<![\d./,])(?P<whole>\d{1,4})\s+and\s+(?P<above>\d{1,4})/(?P<below>\d{1,4})(?=\W*$)")
FOR_EVERY = re.compile(r"(?P<one>\d+)\s+(?P<noun>[a-z]+)\s+for\s+(?:every|each)\s+(?P<other>\d+)\s+(?P<others>[a-z]+)")


def proportioned(sentence: str, asking: str, *, several: bool) -> str:
    """A sentence with "3 to 4", "as 3 is to 4" and "3 boys for every 4 girls" as 3:4, "9 in 12" as 9/12, and "1 and 7/12" as 19/12.

    Args:
        sentence: with its numbers in figures.
        asking: the sentence that asks: for a ratio, for a chance, and for boys before girls.
        several: whether the gold answer has several values, which "1 and 7/12" may be.
    """
    if ASKED.search(asking):
        sentence = TO.sub(":", sentence)
    if CHANCE.search(asking):
        sentence = OUT_OF.sub("/", sentence)
    if not several:
        sentence = MIXED.sub(_improper, sentence)
    if (every := FOR_EVERY.search(sentence)) and -1 < asking.find(every["noun"]) < asking.find(every["others"]):
        sentence = sentence.replace(every[0], f"{every['one']}:{every['other']}")
    return AS_TO.sub(r"\g<one>:\g<other>", sentence)


def _improper(match: re.Match[str]) -> str:
    whole, above, below = (int(match[name]) for name in ("whole", "above", "below"))
    return f"{whole * below + above}/{below}"
