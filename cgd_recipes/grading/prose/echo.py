"""The words of a sentence that say something, to be compared with those of a question."""

from __future__ import annotations

import re
from functools import lru_cache

from cgd_recipes.grading.notation.words import WORDS

WORD = re.compile(r"[^\W\d_]+(?:['\u2019][a-z]+)?")
# What says nothing of its own; words of place and time stay out.
SILENT = frozenset(
    ["a", "an", "the", "is", "are", "was", "were", "be", "been", "being", "has", "have", "had", "do", "does", "did", "will", "of", "in",
     "to", "at", "on", "for", "from", "by", "with", "he", "she", "it", "they", "his", "her", "their", "its", "we", "you", "that", "which",
     "there", "this", "these", "those", "one", "ones", "thus", "so", "therefore", "hence", "then", "indeed", "exactly", "just", "gets",
     "get", "got", "both", "any"]
)  # fmt: skip
DENIES = re.compile(r"\b(?:not|fails?\s+to|no|never|cannot|neither|nor|none|without)\b|n['\u2019]t\b", re.IGNORECASE)
NOR = re.compile(r"(?<=\bneither\s)(?P<first>[^,.;]{1,40}?)\bnor\b", re.IGNORECASE)
# A choice, a condition, doubt, a comparison that may be turned round.
OPEN = re.compile(
    r"\?|\b(?:or|if|but|than|unless|only|except|when|while|some|sometimes|always|every|all|about|could|should|might|may|maybe|perhaps|"
    r"probably|possibly|whether|because|since|would|must|can)\b",
    re.IGNORECASE,
)
NO_SYMBOLS = frozenset(["a", "A", "I"])
SYMBOL = re.compile(r"(?<![A-Za-z\\])[A-Za-z](?![A-Za-z'\u2019])|\d+(?:\.\d+)?")
CONCLUDES = re.compile(
    r"^\W*(?:(?:so|thus|hence|therefore|consequently|it follows that|this means(?: that)?|that means(?: that)?|we conclude that)\b,?\s*)+",
    re.IGNORECASE,
)
SO = re.compile(r"[,;]\s+(?:and\s+)?(?:so|hence|thus|therefore|which\s+means(?:\s+that)?)\s+", re.IGNORECASE)
REASON = re.compile(r"^\W*(?:as|since|because|by|with|using|from)\s[^,]*,\s+", re.IGNORECASE)
THE_TWO = re.compile(r"\bthe\s+two\b", re.IGNORECASE)
EACH_OTHER = re.compile(r"\s+(?:to\s+|with\s+|of\s+)?(?:each\s+other|one\s+another)\b")
# The kind of thing, of which "221 is a number" says nothing.
KINDS = frozenset(
    ["number", "integer", "valu", "set", "point", "function", "statement", "equation", "fraction", "expression", "option", "game"]
)  # fmt: skip
# Word -> the one that it denies.
OPPOSITES: dict[str, str] = WORDS["opposites"]
OPPOSITE = re.compile(rf"\b(?:{'|'.join(OPPOSITES)})\b", re.IGNORECASE)
ENDINGS = ("ing", "ed", "es", "s", "d", "e")
MIN_STEM, MIN_IES = 3, 5


def concluding(sentence: str) -> str:
    """What a sentence says behind its reason and the words that conclude."""
    return EACH_OTHER.sub("", THE_TWO.sub("the", CONCLUDES.sub("", REASON.sub("", SO.split(sentence)[-1]))))


def with_denials(text: str, asked: str) -> str:
    """A text with "not prime" for "composite" where the question has "prime"."""
    small = asked.casefold()
    return OPPOSITE.sub(
        lambda match: f"not {OPPOSITES[match[0].casefold()]}" if OPPOSITES[match[0].casefold()] in small else match[0],
        text,
    )


def symbols(text: str) -> set[str]:
    """The numbers and single letters of a text."""
    return {*SYMBOL.findall(text)} - NO_SYMBOLS


def without_kinds(words: list[str]) -> list[str]:
    """Words without those for the kind of thing, which say nothing: "91 is no prime number"."""
    return [word for word in words if word not in KINDS]


def denials(text: str) -> int:
    """How often a text denies; "neither ... nor" does once."""
    return len(DENIES.findall(NOR.sub(r"\g<first>or", text)))


@lru_cache(maxsize=64)
def _stemmed(text: str) -> tuple[str, ...]:
    found = []
    for word in WORD.findall(text.replace("\\text", " ")):
        small = word.casefold()
        if small in SILENT or (len(word) == 1 and small == word):
            continue
        if small.endswith(("ies", "ied")) and len(small) > MIN_IES:
            small = f"{small[:-3]}y"  # "satisfies", "satisfy"
        ending = next((each for each in ENDINGS if small.endswith(each) and len(small) - len(each) >= MIN_STEM), "")
        found.append(small.removesuffix(ending))
    return tuple(found)


def stems(text: str) -> list[str]:
    """The words of a text that say something, without their endings."""
    return [*_stemmed(text)]
