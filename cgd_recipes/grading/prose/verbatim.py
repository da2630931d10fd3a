"""Last sentences that give what is asked a value in the very words of the question: "So the number of times he flips his coin is 16."."""

from __future__ import annotations

import re

from cgd_recipes.grading.ending import value_of
from cgd_recipes.grading.prose.case import SILENT
from cgd_recipes.grading.prose.echo import stems
from cgd_recipes.grading.prose.lexer import lexed
from cgd_recipes.grading.prose.told import last_of
from cgd_recipes.grading.wording import CONCLUDING

# "What is the ...?", "Find the ..."
ASKS = re.compile(
    r"(?:what\s+(?:is|are|was|were)|find|compute|determine|calculate|evaluate)\s+(?P<what>(?:the|his|her|its|their)\s.{3,200}?)\s*[.?]?\s*",
    re.IGNORECASE | re.DOTALL,
)
SAYS = re.compile(
    rf"\W*(?:(?:{CONCLUDING}|we\s+(?:conclude|find|see)\s+that|and),?\s+)*(?P<what>(?:the|his|her|its|their)\s.+?)\s+(?:is|are|was|were|equals?)\s+"
    r"(?:(?:equal\s+to|exactly|therefore|thus)\s+)?(?P<said>[^;]+?)\*{0,2}[.!]?\*{0,2}\s*",
    re.IGNORECASE | re.DOTALL,
)
BLANKS = re.compile(r"[\s*]+")
VALUE = re.compile(r"[\d$\\]")
MIN_WORDS = 3
HOW_MANY = re.compile(r"\bhow\s+(?:many|much)\b", re.IGNORECASE)
NAME = re.compile(r"(?<=[a-z,:;] )[A-Z][a-z]+\b|^\W*(?!How|So|The|Thus|Hence|Then|Therefore)[A-Z][a-z]+\b")
ASKS_ONLY = frozenset(["how", "many", "much", "does", "did", "do", "will", "would", "can"])


def verbatim(plain: str, asked: str) -> str:
    """The value that a last sentence gives all that is asked, in the same words; "" where it says anything else."""
    wanted = ASKS.fullmatch(asked)
    if wanted is None:
        return ""
    what = _words(wanted["what"])
    sentence = _words(last_of(plain))
    # The words of the question may hold another "is".
    place = sentence.casefold().rfind(what.casefold())
    if place < 0 or len(what.split()) < MIN_WORDS:
        return ""
    match = SAYS.fullmatch(f"{sentence[:place]}the value{sentence[place + len(what) :]}")
    if match is None or match["what"] != "the value":
        return ""
    said = match["said"].strip("* ")
    if not VALUE.search(said):
        return ""
    return said if value_of(said) or value_of(f"**{said}**") else ""


def _words(text: str) -> str:
    return BLANKS.sub(" ", text).strip()


def restated(plain: str, asked: str) -> str:
    """The one value of a last sentence that has all words of a question how many, in the order of its names, and no others."""
    if not HOW_MANY.search(asked):
        return ""
    sentence = last_of(plain).replace("**", "")
    whole = lexed(sentence)
    if whole is None or len(whole.values) != 1 or whole.symbols or "?" in sentence or lexed(asked) is None:
        return ""
    wanted = {*stems(asked)} - SILENT - {*stems(" ".join(ASKS_ONLY))}
    told = {*stems(whole.text)} - SILENT
    names = [[*map(str.strip, NAME.findall(text))] for text in (asked, sentence)]
    return whole.values[0] if told == wanted and len(wanted) >= MIN_WORDS and names[0] == names[1] else ""
