r"""What the last line of a response states as its answer, without the word "answer" in English before it.

`Therefore, $x = 9$.`; `**Correct option: (b)**`; `{"answer": 25}`; `答案: 25`, `Respuesta: 25`.
"Therefore, the rate is **8%**." Nowhere else than on the last line.
"""

from __future__ import annotations

import json
import re

MAX_LINE = 1_000
VALUE = r"(?P<said>[^=\n]*[^=\s.\n])"
SYMBOL = r"\\?[A-Za-z]+(?:_(?:\{\w+\}|\w))?(?:\([A-Za-z\d]\))?"
# The whole last sentence: a word that concludes, and one equation, with a full stop or the end of its mathematics behind.
EQUATION = re.compile(
    rf"(?:^|(?<=[.!?:])\s)\W*(?:therefore|thus|so|hence|consequently)\b,?\s+(?:(?:we\s+(?:have|get|find|conclude)|it\s+follows)(?:\s+that)?\s+)?"
    rf"(?:(?P<dollar>\$\$?)\s*{SYMBOL}\s*=\s*(?P<math>[^=$\n]+?)\s*\.?\s*(?P=dollar)\.?"
    rf"|\\[(\[]\s*{SYMBOL}\s*=\s*(?P<round>[^=$\n]+?)\s*\.?\s*\\[)\]]\.?|{SYMBOL}\s*=\s*(?P<plain>[^=$\n]*[^=$\s.\n])\.)\**$",
    re.IGNORECASE,
)
# Words, and what makes the equation no single value.
NO_VALUE = re.compile(
    r"(?<![A-Za-z\\])[A-Za-z]{3,}|[<>≠≈?]|\\(?:approx|ne|neq|le|ge|in|pm|text\s*\{[^{}]*\b(?:or|and|if|for|not|where)\b)|[,;]\s|\.\s"
)
LABELLED = re.compile(
    r"^\W*(?:(?:the\s+)?(?:correct|right)\s+(?:option|choice)\s*(?:\*\*)?\s*:|(?:最终|正确)?答案\s*(?:\*\*)?\s*[:\uff1a是为]|答え\s*(?:\*\*)?\s*[:\uff1a]"
    r"|(?:la\s+)?respuesta(?:\s+(?:final|correcta))?\s*(?:\*\*)?\s*:|r[ée]ponse(?:\s+finale)?\s*(?:\*\*)?\s*:|(?:endg[üu]ltige\s+)?antwort\s*(?:\*\*)?\s*:"
    r"|(?:a\s+)?resposta(?:\s+final)?\s*(?:\*\*)?\s*:|risposta(?:\s+finale)?\s*(?:\*\*)?\s*:|(?:окончательный\s+)?ответ\s*(?:\*\*)?\s*:|정답\s*(?:\*\*)?\s*:)"
    r"\s*(?:\*\*\s*)?(?P<said>\S.*)$",
    re.IGNORECASE,
)
# One value in bold print: a number with at most two words behind it, or the letter of an option.
BOLD = re.compile(
    r"\*\*\s*(?P<said>(?:\\?\$|\\\(|-|\u2212|\()*\s*(?:\\?d?frac|\\sqrt|\d)[^*\n]*?|\(?[A-J]\)?)\s*\*\*\.?$"
)
WORD = re.compile(r"(?<![A-Za-z\\])[A-Za-z]{2,}")
CONCLUDES = re.compile(
    r"(?:^|(?<=[.!?:])\s)\W*(?:therefore|thus|so|hence|consequently)\b[^.!?]*$|\bcorrect\s+(?:choice|option)\s+is\s*$",
    re.IGNORECASE,
)
# The head of an item of a list, and what takes a conclusion back.
ITEM = re.compile(r"\d+(?:\)|\.(?:\s|$))")
DOUBT = re.compile(
    r"\b(?:not|never|maybe|perhaps|possibly|probably|about|around|roughly|approximately|almost|nearly|least|most|if|or|either|than)\b|n't\b|[<>\u2248?]",
    re.IGNORECASE,
)
KEYS = ("answer", "final_answer", "final answer")


def labelled(text: str) -> tuple[int, str] | None:
    """Where the last line says what the answer is, by a label or as an object of JSON, and the answer."""
    place, line = last_line(text)
    if (said := _of_json(line)) is not None:
        return place, said
    match = LABELLED.match(line)
    return (place + match.start("said"), match["said"].strip("。")) if match else None


def concluded(text: str) -> tuple[int, str] | None:
    """Where the last sentence concludes with one equation that gives a name a value, or one value in bold, and that value."""
    place, line = last_line(text)
    match = EQUATION.search(line)
    if match is None:
        return _in_bold(place, line)
    said = next(match[name] for name in ("math", "round", "plain") if match[name])
    return None if NO_VALUE.search(said) else (place + match.start(), said.strip())


def _in_bold(place: int, line: str) -> tuple[int, str] | None:
    """The one value in bold print that ends the sentence which the last line concludes with."""
    match = BOLD.search(line)
    if match is None or line.count("**") != 2 or len(WORD.findall(match["said"])) > 2 or ITEM.match(match["said"]):
        return None
    before = line[: match.start()]
    if not CONCLUDES.search(before) or DOUBT.search(before):
        return None
    return place + match.start("said"), match["said"].strip()


def last_line(text: str) -> tuple[int, str]:
    """Where the last line that is not blank begins, and that line; the end of a block of code is no line."""
    text = text.rstrip().removesuffix("```").rstrip()
    place = text.rfind("\n") + 1
    line = text[place:]
    return (place + len(line) - len(line.lstrip()), line.strip()) if len(line) <= MAX_LINE else (place, "")


def _of_json(line: str) -> str | None:
    if not (line.startswith("{") and line.endswith("}")):
        return None
    try:
        pairs = json.loads(line, parse_int=str, parse_float=str, object_pairs_hook=list)
    except (ValueError, RecursionError):
        return None
    said = {value for name, value in pairs if name.casefold() in KEYS and isinstance(value, str)}
    wanted = [name for name, _ in pairs if name.casefold() in KEYS]
    return said.pop() if len(said) == 1 and len(wanted) == 1 else None
