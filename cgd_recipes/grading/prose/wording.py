"""Words that conclude, and words of doubt or order: what tells a stated value from a number in passing."""

from __future__ import annotations

import json
import re
from pathlib import Path

# Longer sentences are not read.
MAX_SENTENCE = 500
# The head of an item of a list.
CONCLUDING = (
    r"(?:(?:therefore|(?:thus|so)(?!\s+(?:far|much|many|long)\b)|hence|consequently|accordingly|altogether|overall|finally|ultimately|in\s+(?:total|all|conclusion|summary|short|the\s+end)|"
    r"to\s+(?:sum\s+up|conclude|summarize)|all\s+in\s+all|(?:this|that|it|which)\s+means|it\s+follows|we\s+conclude|as\s+a\s+result|\\therefore|"
    r"por\s+lo\s+tanto|por\s+tanto|donc|daher|somit|folglich|portanto|logo|quindi|pertanto|итак|следовательно)(?!\w)|∴|因此|所以|故|よって|따라서)"
)
# "Actually, no: 12 counts every pair twice."
CORRECTS = re.compile(r"\W*(?:actually|wait|hmm+|oops|hold\s+on|but)\b[\s,.:;]*no\b", re.IGNORECASE)
# "-2 < x < 3"
BETWEEN = re.compile(r"[^<>\u2264\u2265]+[<\u2264]\s*[A-Za-z]\s*[<\u2264][^<>\u2264\u2265]+")
CONCLUDES = re.compile(rf"^\W*{CONCLUDING}", re.IGNORECASE)
# What takes a conclusion back, or makes it one of a step.
DOUBT = json.loads(Path(__file__).with_name("doubt.json").read_text(encoding="utf-8"))
DOUBT_WORDS = frozenset(DOUBT["words"])
WORD = re.compile(r"[a-z]+")
PHRASES = re.compile(
    rf"\b(?:{'|'.join(DOUBT['phrases'])})\b|n't\b|[<>≤≥≈≠?;:…~\"\u201c\u201d]|\.\.\.|\\(?:approx|ne|neq|le|ge|sim)(?![a-z])"
)


def is_doubtful(text: str, allowed: frozenset[str] = frozenset()) -> bool:
    """Whether a text holds words of doubt or order, but for those that are allowed."""
    small = text.casefold()
    found = DOUBT_WORDS.intersection(WORD.findall(small))
    return not found <= allowed or PHRASES.search(small) is not None
