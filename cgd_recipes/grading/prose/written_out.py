"""A sentence without short forms: "it is" for "it's", "3 hours 20 minutes" for "3 h 20 min", and without inner words that conclude."""

from __future__ import annotations

import re
from functools import lru_cache

from cgd_recipes.grading.notation.words import listed

# "The lock therefore allows 64 codes.", "If we add them up, we get 45."
CONSEQUENCE = re.compile(r"(?<=[a-z])\s(?:therefore|thus|consequently)\s(?=[a-z])")
IF_WE = re.compile(
    r"^\W*(?:so\s+)?if\s+(?:we|you|one)(?=\s+(?:add|count|multiply|subtract|divide|combine|sum|plug|substitute|solve|simplify|square)s?\b)",
    re.IGNORECASE,
)
# "If each bag takes 9 rolls, they fill 180 / 9 = 20 bags."
IF_GIVEN = re.compile(
    r"^\W*(?:so\s+)?if\s+(?=each\s|every\s|there\s+are\s|one\s|an?\s)(?![^.]*\b(?:had|were|would|could|might)\b)(?=[^,=]*,[^,=]*\d\s*[-+*/\u00d7\u00f7\u00b7][^,=]*=)",
    re.IGNORECASE,
)
ARE = re.compile(r"\b(?P<who>we|they|you)['\u2019]re\b", re.IGNORECASE)
GOT = re.compile(
    r"\b(?P<who>it|he|she|[A-Z][a-z]+)['\u2019]s\s+got\b|\b(?P<they>I|we|you|they)['\u2019]ve\s+got\b", re.IGNORECASE
)
PER_CENT = re.compile(r"\bper\s+cent\b")
IS = re.compile(r"\b(?P<who>it|that|there|here|what|he|she)['\u2019]s\b", re.IGNORECASE)
THERE_ARE = re.compile(r"\bthere['\u2019]re\b", re.IGNORECASE)
WOULD = re.compile(r"\b(?P<who>it|that|there|he|she|they|we|you|I)['\u2019]d\b(?!\s+better)", re.IGNORECASE)
WILL = re.compile(r"\b(?P<who>it|that|there|he|she|they|we|you|I)['\u2019]ll\b", re.IGNORECASE)
# "15 kilometers an hour", "on the 16th day"
A_TIME = re.compile(
    r"(?<=[\da-z]\s)(?P<unit>km|kilomet(?:er|re)s|miles|met(?:er|re)s|feet|lit(?:er|re)s|gallons)\s(?:an?|each|every)\s(?P<time>hour|minute|second|day)\b"
)
NO_MATTER = re.compile(
    r"^(?P<lead>\W*(?:(?:so|thus|hence),?\s+)?)no\s+matter\s+(?:how|what|which|where)\s[^,]*,\s+", re.IGNORECASE
)
ON_DAY = re.compile(r"\bon\s+the\s+(?P<number>\d+)(?:st|nd|rd|th)\s+(?P<time>day|night|morning)\b")
# "You would pay 27 dollars."
YOU_WOULD = re.compile(
    rf"^(?P<who>(?:.*,\s+so\s+|\W*(?:(?:so|thus|hence|therefore),?\s+)?)(?:you|he|she|they|(?-i:(?!There|This|That|These|Those|It|The)[A-Z][a-z]+)))\s+would\s+(?={listed('paying')}\b)",
    re.IGNORECASE,
)
OTHERWISE = re.compile(
    r"\b(?:without|instead|otherwise|elsewhere|else|alone|full|original|if|had|only|rather|normally|usually|expect|think)\b",
    re.IGNORECASE,
)
DEALING = re.compile(r"\bwe\s+(?:are|must\s+be)\s+dealing\s+with\b", re.IGNORECASE)
AFTER_PHRASE = re.compile(rf"\W*{listed('prepositions')}\s", re.IGNORECASE)
# "Four of them, then, play neither", "The ball, in other words, costs a nickel."
INSERTED = re.compile(
    r"(?<=[A-Za-z\d]),\s+(?:then|therefore|thus|of\s+course|indeed|in\s+fact|in\s+other\s+words|consequently|accordingly|as\s+a\s+result|after\s+all|clearly|naturally),\s+(?=[a-z])"
)
# "so 26 are left, so if 13 come, each gets 2": behind a conclusion.
SUPPOSED = re.compile(
    r"(?P<head>^(?:\W*(?:so|thus|hence|therefore|consequently)\b|.*\b(?:therefore|thus|consequently)\b).*\d.*?)(?:,\s+so\s+if\s[^;?]*|;\s+(?:if|for|had|with)\b[^;?]*\bwould\b[^;?]*)$",
    re.IGNORECASE,
)
# "2 h 24 min"
HOURS = re.compile(
    r"(?<![\d.])(?P<hours>\d+)\s?(?:h|hrs?)\.?(?:\s+and)?\s+(?P<minutes>\d+)\s?mins?\b(?:\.(?=\s+[a-z]))?"
)
IFF = re.compile(r"\b(?:if\s+and\s+only\s+if|iff)\b", re.IGNORECASE)
# "the letters of the word "BOOK""
QUOTED = re.compile(r"\b(?P<what>words?|letters|string)\s+[\"\u201c](?P<word>[A-Za-z]+)[\"\u201d]")


@lru_cache(maxsize=8)  # a sentence is tried by several rules
def in_full(sentence: str) -> str:
    """A sentence without short forms, inner words that conclude, and quotes around a word."""
    if "'" in sentence or "\u2019" in sentence:
        sentence = GOT.sub(lambda match: f"{match['who']} has" if match["who"] else f"{match['they']} have", sentence)
        sentence = THERE_ARE.sub("there are", sentence)
        sentence = IS.sub(r"\g<who> is", ARE.sub(r"\g<who> are", WOULD.sub(r"\g<who> would", sentence)))
        sentence = WILL.sub(r"\g<who> will", sentence)
    sentence = PER_CENT.sub("percent", sentence)
    sentence = NO_MATTER.sub(r"\g<lead>", sentence)
    sentence = ON_DAY.sub(r"on \g<time> \g<number>", A_TIME.sub(r"\g<unit> per \g<time>", sentence))
    if not OTHERWISE.search(sentence):
        sentence = YOU_WOULD.sub(r"\g<who> ", sentence)
    if " if " in sentence or "would" in sentence:
        sentence = SUPPOSED.sub(r"\g<head>.", sentence)
    sentence = HOURS.sub(r"\g<hours> hours \g<minutes> minutes", sentence)
    sentence = IF_GIVEN.sub("Given that ", sentence)
    if ", " in sentence:
        sentence = INSERTED.sub(", " if AFTER_PHRASE.match(sentence) else " therefore ", sentence)
    sentence = CONSEQUENCE.sub(" ", IF_WE.sub("Given that we", sentence))
    sentence = DEALING.sub("it is", IFF.sub("exactly when", sentence))
    return QUOTED.sub(r"\g<what> \g<word>", sentence)
