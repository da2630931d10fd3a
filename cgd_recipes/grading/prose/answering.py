"""What a last sentence states as the answer to its question, where it cannot be read alone: what the question says is no doubt in it."""

from __future__ import annotations

import re

from cgd_recipes.grading.notation.words import listed
from cgd_recipes.grading.prose import in_prose
from cgd_recipes.grading.prose.echo import OPEN, concluding, denials, stems, without_kinds
from cgd_recipes.grading.prose.ending import last_statement

# Words of order and possibility, which may be what was asked: "the next term", "you would pay".
ASKED = re.compile(
    r"\b(?:next|first|second|third|last|original(?:ly)?|initial(?:ly)?|starting|possible|another|new|previous|remaining|other|old|now|still|"
    r"would|could|should|can|least|most|only|each|every|per)\b",
    re.IGNORECASE,
)
HOW_MANY = re.compile(r"\bhow\s+many\b", re.IGNORECASE)
WHICH = re.compile(r"\b(?:which|who|whose)\b|\bwhether\b.*\bor\b", re.IGNORECASE)
NAME = re.compile(
    r"(?<=[a-z,:;] )[A-Z][a-z]+\b(?!\s+(?:has|is)\s+\d+\s+[A-Z])|^(?!The|Who|Which|What|How|If|In|At|On|An?|There)[A-Z][a-z]+\b"
)
MODAL = re.compile(r"\b(?:can|could|would|should|must)\b", re.IGNORECASE)
MIN_SAME = 5
LEAST = re.compile(r"\b(?:least|minimum|smallest|fewest|guarantee)\b", re.IGNORECASE)
MOST = re.compile(r"\b(?:most|maximum|largest|greatest)\b", re.IGNORECASE)
COMPARED = re.compile(
    r"\s(?P<than>more|less|fewer|longer|shorter|older|younger|taller|heavier|further|faster|higher|lower)(?:\s[a-z]+){0,2}\sthan\s[^,]*$"
)
LEFT_TO = re.compile(r"\b(?P<left>left)\s+to\s+[a-z]+\b", re.IGNORECASE)
COMPARES = re.compile(r"(?P<left>[^<>=]+)(?P<sign>[<>])(?P<right>[^<>=]+)")
MORE = re.compile(r"\b(?:greater|larger|bigger|more)\b", re.IGNORECASE)
BY = re.compile(r"\s+by\s+(?:only\s+|just\s+)?[$\d]\S*(?:\s[a-z]+)?(?=\W*$)")
NEED = re.compile(r"\b(?:will\s+)?(?:needs?|ha(?:s|ve))\s+to\s+(?!be\b)", re.IGNORECASE)
THAN = re.compile(r"\s+than\s")
THAN_OR_MORE = re.compile(r"\b(?:than|more|less|fewer|[a-z]+er)\b")
# "So there are 16 boys and 12 girls."
COUNTED = re.compile(
    r"\bthere\s+(?:are|were)\s+(?P<said>\d+\s[a-z]+(?:,\s\d+\s[a-z]+)*,?\s+and\s+\d+\s[a-z]+)[.!]$", re.IGNORECASE
)
# "12 of the students are girls"
OF_THEM = re.compile(
    r"^(?P<lead>\W*(?:(?:so|thus|hence|therefore),?\s+)?)(?P<count>\d+)\s+of\s+the(?:se)?\s+[a-z]+\s+(?:are|were)\s",
    re.IGNORECASE,
)
LEADING = re.compile(r"^\W*([A-Z][a-z]+)\b")
CHOICES = tuple(
    re.compile(rf"{before}(?P<said>(?:[^,:?]+,\s+){{0,4}}[^,:?]+,?\s+or\s+[^,:?]+?)(?:\?|\.?\s*$)", re.IGNORECASE)
    for before in (r"[,:]\s+", r"\b(?:is|are|be)\s+")
)
ARTICLE = re.compile(r"^(?:an?|the)\s+", re.IGNORECASE)
WORD = re.compile(r"\S+")
PLACE = re.compile(rf"{listed('prepositions')}|when|until|if", re.IGNORECASE)
MAX_PHRASE = 8


def answering(response: str, asking: str, question: str) -> str | None:
    """The answer that the last sentence of a response without a box states; None where it states none.

    Args:
        response: the whole text, without a thought.
        asking: the sentence that asks.
        question: all of the question.
    """
    found = last_sentence(response)
    if not asking or not found:
        return None
    sentence, before = found
    if named := option(sentence, asking, question):
        return named
    if HOW_MANY.search(asking):
        if counted := COUNTED.search(sentence):
            return counted["said"]
        if (part := OF_THEM.match(sentence)) and {*stems(sentence[part.end() :])} <= {*stems(asking)}:
            sentence = OF_THEM.sub(r"\g<lead>there are \g<count> ", sentence)
    plain = without_givens(without_asked(sentence, asking), asking)
    return in_prose(plain, before) if plain != found[0] else None


def option(sentence: str, asking: str, question: str) -> str | None:
    """Which of the things or names of a question a sentence names, as in "So the heptagon has more sides."; None for none and several.

    All other words of the sentence must be of the asking sentence, too.
    """
    told = concluding(sentence)
    than = THAN.search(told) if THAN_OR_MORE.search(asking) else None
    other = told[than.end() :] if than else ""
    told = told[: than.start()] if than else told
    if not WHICH.search(asking) or OPEN.search(told) or denials(told) != denials(asking):
        return None
    things = [*offered(asking)] or [*dict.fromkeys(NAME.findall(question))]
    if {*NAME.findall(told), *LEADING.findall(told)} & {*NAME.findall(question)} - {*things}:
        return None
    if (sign := COMPARES.fullmatch(told.strip(" ."))) and MORE.search(asking):
        left, right = sign["left"].strip(), sign["right"].strip()
        return (left if sign["sign"] == ">" else right) if {left, right} <= {*things} else None
    told = BY.sub("", told)
    named = [each for each in things if _names(told, each)]
    if len(named) != 1 or len(things) < 2:
        return None
    if other and not any(_names(other, each) for each in things if each != named[0]):
        return None
    words = [word for word in without_kinds(stems(told)) if word not in stems(named[0])]
    return re.sub(r"\s+ones?$", "", named[0]) if words and {*words} <= {*stems(asking)} else None


def _names(sentence: str, thing: str) -> bool:
    """Whether a sentence has a thing's last word, or, where it has none, its signs."""
    words = stems(thing)
    if words:
        return words[-1] in stems(sentence)
    return re.search(rf"(?<![\w./^]){re.escape(thing)}(?![\w/^]|\.\d)", sentence) is not None


def offered(asking: str) -> list[str]:
    """The things between which a question lets one choose: "a pentagon or a heptagon"."""
    choices = CHOICES[1:] if "whether" in asking else CHOICES
    match = next((found for each in choices if (found := each.search(asking))), None)
    if match is None:
        return []
    parts = [part for part in re.split(r",\s+(?:or\s+)?|\s+or\s+", match["said"]) if part.strip()]
    return [ARTICLE.sub("", part.strip()) for part in parts]


def last_sentence(text: str) -> tuple[str, str] | None:
    """The last sentence of a text that is no remark, and what is before it; None where it is the only one, or cut off."""
    found = last_statement(text)
    return (found[1], text[: found[0]]) if found and text[: found[0]].strip() else None


def without_modals(sentence: str, question: str) -> str:
    """A sentence without the "can" or "would" that its question has too."""
    asked = {word.casefold() for word in MODAL.findall(question)}
    return MODAL.sub(lambda match: "" if match[0].casefold() in asked else match[0], sentence)


def without_asked(sentence: str, question: str) -> str:
    """A sentence without the words of order, ability and comparison that its question has too."""
    asked = {word.casefold()[:MIN_SAME] for word in ASKED.findall(question)}
    shorter = sentence
    if re.search(r"\bstart", question, re.IGNORECASE):
        shorter = re.sub(r"\bstart(?:ed|s)\s+with\b", "had", shorter)
    if NEED.search(question):
        shorter = NEED.sub("", shorter)
    if LEAST.search(question):
        shorter = re.sub(r"\bat\s+least\s+(?=\d)", "", shorter)
    if MOST.search(question):
        shorter = re.sub(r"\bat\s+most\s+(?=\d)", "", shorter)
    if (
        (more := COMPARED.search(shorter))
        and re.search(rf"\b{more['than']}\b", question)
        and re.search(r"\bthan\b", question)
    ):
        shorter = shorter[: more.start()] + "."
    shorter = LEFT_TO.sub(
        lambda match: match["left"] if match[0].casefold() in question.casefold() else match[0], shorter
    )
    shorter = ASKED.sub(lambda match: "" if match[0].casefold()[:MIN_SAME] in asked else match[0], shorter)
    return re.sub(r"\s{2,}", " ", shorter).strip()


def without_givens(sentence: str, question: str) -> str:
    """A sentence without the phrases with a number that its question has too: "until July 4", "in 20 minutes", "between 1 and 60"."""
    words, asked = ([_bare(word) for word in WORD.findall(text)] for text in (sentence, question))
    kept: list[str] = []
    place = 0
    written = WORD.findall(sentence)
    while place < len(words):
        length = _given(words, place, asked) if PLACE.fullmatch(words[place]) else 0
        if length:
            end = re.search(r"[.,;!]*$", written[place + length - 1])
            if kept and end:
                kept[-1] += end[0]
            place += length
        else:
            kept.append(written[place])
            place += 1
    return " ".join(kept)


def _bare(word: str) -> str:
    return word.strip(".,;:!?()*\"'").casefold()


def _given(words: list[str], place: int, asked: list[str]) -> int:
    """How many words from a place are a phrase of the question that has a number."""
    for length in range(min(MAX_PHRASE, len(words) - place), 1, -1):
        phrase = words[place : place + length]
        if re.search(r"\d", " ".join(phrase)) and any(
            asked[start : start + length] == phrase for start in range(len(asked) - length + 1)
        ):
            return length
    return 0
