r"""What the last line of a response states as its answer, without the word "answer" in English before it.

`Therefore, $x = 9$.`; `**Correct option: (b)**`; `{"answer": 25}`; `答案: 25`, `Respuesta: 25`; a last line that is one value;
"So Marian has 5 apples left."; "Therefore, the rate is **8%**." Nowhere else than at the end.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from cgd_recipes.grading.ending import (
    AMOUNT,
    MAX_LINE,
    NUMBER,
    is_mathematics,
    last_line,
    last_sentence,
    lone_value,
    trimmed,
)

LABELS = json.loads(Path(__file__).with_name("labels.json").read_text(encoding="utf-8"))
SYMBOL = r"\\?[A-Za-z]+(?:_(?:\{\w+\}|\w))?(?:\([A-Za-z\d]\))?"
CONCLUDING = (
    r"(?:therefore|thus|so|hence|consequently|accordingly|altogether|overall|finally|ultimately|in\s+(?:total|all|conclusion|summary|the\s+end)|"
    r"(?:this|that|it|which)\s+means|it\s+follows|we\s+conclude|as\s+a\s+result|∴|\\therefore)"
)
# The whole last sentence: a word that concludes, and equations.
EQUATION = re.compile(
    rf"\W*{CONCLUDING}(?!\w),?\s*(?:that\s+)?(?:(?:we\s+(?:have|get|find|obtain|conclude)|it\s+follows)(?:\s+that)?\s+)?"
    rf"(?:(?P<dollar>\$\$?)\s*{SYMBOL}\s*=\s*(?P<math>[^=$\n]+?)\s*\.?\s*(?P=dollar)"
    rf"|\\[(\[]\s*{SYMBOL}\s*=\s*(?P<round>[^=$\n]+?)\s*\.?\s*\\[)\]]|{SYMBOL}\s*=\s*(?P<plain>[^=$\n]*[^=$\s.\n]))[.!]?\**",
    re.IGNORECASE,
)
# Words, and what makes the equation no single value.
NO_VALUE = re.compile(
    r"(?<![A-Za-z\\])[A-Za-z]{3,}|[<>≠≈?]|\\(?:approx|ne|neq|le|ge|in|pm|text\s*\{[^{}]*\b(?:or|and|if|for|not|where)\b)|[,;]\s|\.\s|\.\."
)


def _any_of(words: list[str]) -> str:
    return "(?:" + "|".join(sorted(map(re.escape, words), key=len, reverse=True)) + ")"


LABELLED = re.compile(
    rf"^\W*(?:{_any_of(LABELS['before'])}[,\uff0c]?\s*)?(?:(?:(?:the\s+)?(?:correct|right)\s+(?:option|choice)|(?:final\s+)?(?:result|solution)|{_any_of(LABELS['labels'])})"
    rf"\s*(?:\*\*)?\s*[:\uff1a]|{_any_of(LABELS['sentences'])}(?:\s*[:\uff1a])?)\s*(?:\*\*\s*)?(?P<said>\S.*?)(?:{_any_of(LABELS['after'])})?[。.]?$",
    re.IGNORECASE,
)
# One value in bold print: a number with at most two words behind it, or the letter of an option.
BOLD = re.compile(r"\*\*(?P<said>[^*\n]+)\*\*")
BOLD_VALUE = re.compile(r"(?:(?:\\?\$|\\\(|-|\u2212|\()*\s*(?:\\?[dt]?frac|\\sqrt|\d)[^\n]*?|\(?[A-J]\)?)")
WORD = re.compile(r"(?<![A-Za-z\\])[A-Za-z]{2,}")
CONCLUDES = re.compile(rf"^\W*{CONCLUDING}(?!\w)", re.IGNORECASE)
CHOICE = re.compile(
    r"\b(?:(?:correct|right|best)\s+(?:answer|choice|option)\s+is\s*(?:\*\*|\$)?\s*(?:choice\s+|option\s+)?|I\s+(?:choose|pick|select)\s+(?:\*\*)?(?:choice\s+|option\s+)?)"
    r"(?P<said>\(?[A-J]\)?(?:[.):]?\s+\S{1,12})?)\**\.?\**$"
    r"|(?:^|,\s)\W*(?:option\s+|choice\s+)?(?P<first>\(?[A-J]\)?)\**\s+is\s+(?:the\s+)?(?:correct|right|best)(?:\s+(?:answer|choice|option))?\.?\**$",
    re.IGNORECASE,
)
# "The probability that both are red is $\frac{3}{4}$."
SUBJECT = re.compile(
    r"^\W*(?:the|its|their|his|her|our)\b[^=]*\b(?:is|are|was|equals|becomes|amounts\s+to|comes\s+to)\s+(?:\w+ly\s+|therefore\s+|thus\s+|then\s+)?$",
    re.IGNORECASE,
)
LISTED = re.compile(
    r"^\W*(?:\w+,?\s+)?(?:the\s+)?(?:\w+\s+)?(?:solutions?|roots?|values?|zeros|points?|answers?|numbers?)\b[^=<>]*\b(?:is|are)\s*:?\s*(?P<said>.+?)\.?\**$",
    re.IGNORECASE,
)
# The head of an item of a list, and what takes a conclusion back, or makes it one of a step.
ITEM = re.compile(r"\d+(?:\)|\.(?:\s|$))")
DOUBT = re.compile(
    r"\b(?:not|never|no|maybe|perhaps|possibly|probably|likely|about|around|roughly|approximately|almost|nearly|least|most|if|whether|unless|or|either|neither|than|"
    r"before|after|first|second|next|now|initially|originally|previously|earlier|until|already|would|could|might|may|should|can|cannot|let|suppose|assume|when|while|where|"
    r"because|since|but|however|although|except|without|another|other|step|case|wrong|incorrect|impossible|contradiction|between|under|over|up\s+to|only|"
    r"one|two|three|four|five|six|seven|eight|nine|ten|half|twice|double|dozen|an?\s+(?:hour|minute|second|day|week|month|year)|need\s+to|want|try|consider|given|per\s+cent)\b"
    r"|n't\b|[<>≈≠?;:…]|\.\.\.|\\(?:approx|ne|neq|le|ge|sim)(?![A-Za-z])",
    re.IGNORECASE,
)
MATHEMATICS = re.compile(r"\$\$?(?P<dollar>[^$\n]+)\$\$?|\\\((?P<round>(?:(?!\\\)).)+)\\\)")
# Between two signs of dollars.
WORDS = re.compile(r"(?<![A-Za-z\\{])[a-z]{3,}\s")
ASSIGNS = re.compile(rf"(?<![\w\\+*/^-]){SYMBOL}\s*=\s*$")
HEADED = re.compile(r"^\W*(?:(?:final\s+)?(?:answer|result)|conclusion|solution)\W*:\W*?(?=\s)", re.IGNORECASE)
FIGURE = re.compile(rf"(?<![\w.,/\\^]){NUMBER}(?![\w^/]|[.,]\d)")
UNIT = re.compile(
    r"(?:\s+(?!(?:left|in|at|and|per|of|on|for|to|each|every|from|with|by|a|an|the|as|is|are|was|total|more|altogether|all|that|which|together|remaining|away|long|tall|wide|high|old|times?)\b)[a-z]+(?:/[a-z]+)?\b){1,2}"
)
KEYS = ("answer", "final_answer", "final answer")


def labelled(text: str) -> tuple[int, str] | None:
    """Where the last line says what the answer is, by a label or as an object of JSON, and the answer."""
    place, line = last_line(text)
    if (said := _of_json(text)) is not None:
        return place, said
    match = LABELLED.match(line)
    return (place + match.start("said"), match["said"].strip("。 ")) if match else None


def concluded(text: str) -> tuple[int, str] | None:
    """Where the end of a text states one value that it concludes with, and that value: see `lone_value` and `_in_sentence`."""
    place, line = last_line(text)
    if (said := lone_value(text, place, line)) is not None:
        return place, said
    start, sentence = last_sentence(line)
    if match := EQUATION.fullmatch(sentence):
        value = next(match[name] for name in ("math", "round", "plain") if match[name])
        if not NO_VALUE.search(value):
            return place + start, value.strip()
    said = in_sentence(sentence, follows=bool(text[: place + start].strip()))
    return (place + start, said) if said else None


def in_sentence(sentence: str, *, follows: bool, headed: bool = False) -> str | None:
    """The value that a last sentence states.

    Args:
        sentence: a whole one.
        follows: there is something before that it can conclude from.
        headed: it stands alone under the heading of the answer, so that it needs no word that concludes.
    """
    sentence = HEADED.sub("", sentence)
    return _choice(sentence) or _in_bold(sentence) or _listed(sentence, headed) or _one_value(sentence, follows, headed)


def _choice(sentence: str) -> str | None:
    """The letter that a sentence calls the correct one."""
    rest: str = CONCLUDES.sub("", sentence)
    if rest != sentence and re.fullmatch(r"\W*(?:yes|no)\W*", rest, re.IGNORECASE):
        return rest.strip(" ,*.!")
    match = CHOICE.search(rest)
    return (
        None
        if match is None or re.search(r"\b(?:not|never|if|either|or)\b|n't|\?", sentence, re.IGNORECASE)
        else match["said"] or match["first"]
    )


def _in_bold(sentence: str) -> str | None:
    """The one value in bold print of a sentence without a second number."""
    found = BOLD.findall(sentence)
    if len(found) != 1 or ITEM.match(found[0]) or not re.search(r"[.!]\**$|\*\*$", sentence):
        return None
    said = str(found[0]).strip()
    before, _, after = sentence.partition(f"**{found[0]}**")
    rest = before + " " + after
    if DOUBT.search(rest) or re.search(r"\d", rest) or ITEM.match(sentence):
        return None
    if (
        not after.strip(" .!")
        and re.search(r"\b(?:is|are|equals)\s*$", before)
        and len(said.split()) <= 4
        and not DOUBT.search(said)
    ):
        return said  # "The student is **Evelyn**."
    if not BOLD_VALUE.fullmatch(said) or len(WORD.findall(said)) > 2 or not before.strip(" *>"):
        return None
    return said + _unit(after)


def _listed(sentence: str, headed: bool) -> str | None:
    """The values that a sentence gives as the solutions, or a conclusion by several equations."""
    match = LISTED.match(sentence)
    said = match["said"] if match else None
    if said is None and (headed or CONCLUDES.match(sentence)):
        said = CONCLUDES.sub("", sentence).strip(" ,").rstrip(".*")
    if said is None or not re.search(r"(?:\band\b|\bor\b|,)\s*\S", said) or DOUBT.search(sentence.replace(said, "")):
        return None
    plain = re.sub(
        rf"\\\((?:(?!\\\)).)+\\\)|\$[^$]+\$|(?<!\w)(?:{SYMBOL}\s*=\s*)?{AMOUNT}(?!\w)|\b(?:and|or)\b|[,\s*.]", "", said
    )
    return said.replace("**", "") if not plain else None


def _one_value(sentence: str, follows: bool, headed: bool) -> str | None:
    """The one value of a whole sentence that concludes from what is before it, or that says what something is."""
    if not re.search(r"[\w)%}$][.!]$|\$$|\\\)$", sentence) or ITEM.match(sentence):
        return None
    found = [match for match in MATHEMATICS.finditer(sentence) if re.search(r"\d|\\pi|=", match[0])]
    outside = MATHEMATICS.sub(lambda match: "\u25a1" * len(match[0]), sentence)
    if sentence.count("$") == 1 or not found:  # an amount of money
        found, outside = [], sentence
    figures = list(FIGURE.finditer(outside))
    if len(found) + len(figures) != 1 or any(WORDS.search(each[0]) for each in found):
        return None
    match = (found or figures)[0]
    before, after = ASSIGNS.sub("", sentence[: match.start()]), sentence[match.end() :]
    concludes = headed or (follows and CONCLUDES.match(sentence) and not re.search(r"\d", before))
    states = (
        SUBJECT.match(re.sub(rf"^\W*{CONCLUDING}(?!\w),?\s*", "", before, flags=re.IGNORECASE))
        and len(after.split()) <= 3
    )
    if (
        not (concludes or states)
        or DOUBT.search(before + " " + after)
        or re.search(r"[+*/=^]\s*$", before)
        or re.match(r"\s*[-+*/=^]", after)
    ):
        return None
    said = match[0].strip()
    if found and not is_mathematics(said.strip("$")):
        return _chained(said)
    return said + _unit(after)


def _chained(said: str) -> str | None:
    r"""Mathematics that is a value with its rounding: `2\sqrt{3} \approx 3.46`."""
    parts = re.split(r"\\approx(?![A-Za-z])", said.strip("$"))
    return said if len(parts) == 2 and all(map(is_mathematics, parts)) else None


def _unit(after: str) -> str:
    match = UNIT.match(after)
    return match[0] if match else ""


def _of_json(text: str) -> str | None:
    text = trimmed(text)
    start = text.rfind("{", len(text) - MAX_LINE if len(text) > MAX_LINE else 0)
    if start < 0 or not text.endswith("}") or (start and text[start - 1] not in "\n \t`"):
        return None
    written = text[start:]
    pairs = _pairs(written) or _pairs(written.replace("'", '"'))
    said: set[str] = {value for name, value in pairs if name.casefold() in KEYS and isinstance(value, str)}
    wanted = [name for name, _ in pairs if name.casefold() in KEYS]
    return said.pop() if len(said) == 1 and len(wanted) == 1 else None


def _pairs(written: str) -> list[tuple[str, object]]:
    """Names and values of an object of JSON, numbers as they were written; none where it is none."""
    try:
        return list(json.loads(written, parse_int=str, parse_float=str, object_pairs_hook=list))
    except (ValueError, RecursionError):
        return []
