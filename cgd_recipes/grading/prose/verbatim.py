"""Last sentences that give what is asked a value in the very words of the question: "So the number of times he flips his coin is 16."."""

from __future__ import annotations

import re

from cgd_recipes.grading.notation.words import WORDS
from cgd_recipes.grading.prose.case import SILENT
from cgd_recipes.grading.prose.echo import stems
from cgd_recipes.grading.prose.last import value_of
from cgd_recipes.grading.prose.lexer import lexed
from cgd_recipes.grading.prose.told import last_of
from cgd_recipes.grading.prose.wording import CONCLUDING

# "What is the ...?", "Find the ..."
ASKS = re.compile(
    r"(?:what\s+(?:is|are|was|were)|find|compute|determine|calculate|evaluate)\s+(?P<what>(?:the|his|her|its|their)\s.{3,200}?)\s*[.?]?\s*",
    re.IGNORECASE | re.DOTALL,
)
SAYS = re.compile(
    rf"\W*(?:(?:{CONCLUDING}|(?:we\s+(?:conclude|find|see|get)|it\s+follows|this\s+means)\s+that|and),?\s+)*(?P<what>(?:the|his|her|its|their)\s.+?)\s+(?:is|are|was|were|equals?)\s+"
    r"(?:(?:therefore|thus|simply|exactly)\s+)?(?:equal\s+to\s+)?(?:exactly\s+)?(?P<said>[^;]+?)\*{0,2}[.!]?\*{0,2}\s*",
    re.IGNORECASE | re.DOTALL,
)
REASON = re.compile(r",\s+(?:since|because|as)\s.*$", re.IGNORECASE | re.DOTALL)
BLANKS = re.compile(r"[\s*]+")
CLAUSE, THAT = re.compile(r"[,;:]\s"), re.compile(r"\bthat\s")
DOUBTED = re.compile(
    r"\b(?:thinks?|thought|claim\w*|says?|said|believ\w*|guess\w*|suppos\w*|assum\w*|wants?|to\s+(?:show|prove|check|see)|might|may|could|hop\w+|expect\w*|den\w+|"
    r"wrong|false|not|unlikely|imagin\w*|pretend\w*)\b|n['\u2019]t\b",
    re.IGNORECASE,
)
BEHIND = re.compile(r"(?P<verb>[^\d$\\(,;]*?)-?(?:\$[^$]*\$|[\d\\(][^\s,;]*)(?P<tail>[^,;.(]*)")
VALUED = re.compile(r"\$[^$]*\$|-?\d\S*")
AT_LEAST = re.compile(r"\bat\s+(?:least|most)\b", re.IGNORECASE)
WORD = re.compile(r"[a-z]{2,}")
# What may stand before the words of the question, and what may not between them and the value or behind it.
LEADS = frozenset(WORDS["leads"])
CHANGED, CHANGES = frozenset(WORDS["changed"]), frozenset(WORDS["changes"])
VALUE = re.compile(r"[\d$\\]")
MIN_WORDS = 3
HOW_MANY = re.compile(r"\bhow\s+(?:many|much)\b", re.IGNORECASE)
NAME = re.compile(r"(?<=[a-z,:;] )[A-Z][a-z]+\b|^\W*(?!How|So|The|Thus|Hence|Then|Therefore)[A-Z][a-z]+\b")
ASKS_ONLY = frozenset(["how", "many", "much", "does", "did", "do", "will", "would", "can"])


def verbatim(plain: str, asked: str) -> str:
    """The value that a last sentence gives all that is asked, in the same words; "" where it says anything else."""
    sentence, start, end = _place(plain, asked)
    if start < 0:
        return ""
    match = SAYS.fullmatch(f"{sentence[:start]}the value{REASON.sub('.', sentence[end:])}")
    if match is None or match["what"] != "the value":
        return ""
    said = match["said"].strip("* ")
    if not VALUE.search(said):
        return ""
    return said if value_of(said) or value_of(f"**{said}**") else ""


def is_changed(plain: str, asked: str) -> bool:
    """Whether a last sentence has all that is asked in the same words, and says its value of something else: of twice that, of a guess."""
    sentence, start, end = _place(plain, asked)
    if start < 0:
        return False
    *lead, before = THAT.split(CLAUSE.split(sentence[:start])[-1])
    if not {*WORD.findall(VALUED.sub(" ", before).casefold())} <= LEADS or (lead and DOUBTED.search(lead[-1])):
        return True
    match = BEHIND.match(sentence[end:])
    known = {*WORD.findall(asked.casefold())}
    return match is not None and (
        AT_LEAST.search(match["verb"]) is not None
        or bool({*WORD.findall(match["verb"].casefold())} & (CHANGED - known))
        or bool({*WORD.findall(match["tail"].casefold())} & (CHANGES - known))
    )


def _place(plain: str, asked: str) -> tuple[str, int, int]:
    """The last sentence of a text, and where it has all that is asked; -1 where it does not."""
    wanted = ASKS.fullmatch(asked)
    what = _words(wanted["what"]) if wanted else ""
    if len(what.split()) < MIN_WORDS:
        return "", -1, -1
    sentence = _words(last_of(plain))
    # The words of the question may hold another "is".
    place = sentence.casefold().rfind(what.casefold())
    return sentence, place, place + len(what)


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
