r"""The value that a last sentence states, such as "So Marian has 5 apples left." or "The rate is **8%**".

One value and no doubt: a sentence with a second number, or with words of doubt or order, states nothing.
"""

from __future__ import annotations

import re

from cgd_recipes.grading.ending import AMOUNT, NUMBER

SYMBOL = r"\\?[A-Za-z]+(?:_(?:\{\w+\}|\w))?(?:\([A-Za-z\d]\))?"
CONCLUDING = (
    r"(?:(?:therefore|thus|so|hence|consequently|accordingly|altogether|overall|finally|ultimately|in\s+(?:total|all|conclusion|summary|short|the\s+end)|"
    r"to\s+(?:sum\s+up|conclude|summarize)|all\s+in\s+all|(?:this|that|it|which)\s+means|it\s+follows|we\s+conclude|as\s+a\s+result|\\therefore|"
    r"por\s+lo\s+tanto|por\s+tanto|donc|daher|somit|folglich|portanto|logo|quindi|pertanto|итак|следовательно)(?!\w)|∴|因此|所以|故|よって|따라서)"
)
# One value in bold print: a number with at most two words behind it, or the letter of an option.
BOLD = re.compile(r"\*\*(?P<said>[^*\n]+)\*\*")
BOLD_VALUE = re.compile(r"(?:(?:\\?\$|\\\(|-|\u2212|\()*\s*(?:\\?[dt]?frac|\\sqrt|\d)[^\n]*?|\(?[A-J]\)?)")
WORD = re.compile(r"(?<![A-Za-z\\])[A-Za-z]{2,}")
CONCLUDES = re.compile(rf"^\W*{CONCLUDING}", re.IGNORECASE)
CHOICE = re.compile(
    r"\b(?:(?:correct|right|best)\s+(?:answer|choice|option)\s+is\s*:?\s*(?:\*\*|\$)?\s*(?:choice\s+|option\s+)?|(?:(?:I|we)\s+(?:would\s+)?(?:choose|pick|select|go\s+with)|^\W*(?:select|choose|pick))\s+(?:\*\*)?(?:choice\s+|option\s+)?)"
    r"(?P<said>\(?[A-J]\)?(?:[.):]?\s+\S{1,12})?)\**\.?\**$"
    r"|(?:^|,\s)\W*(?:option\s+|choice\s+)?(?P<first>\(?[A-J]\)?)\**\s+is\s+(?:the\s+)?(?:correct|right|best)(?:\s+(?:answer|choice|option))?\.?\**$",
    re.IGNORECASE,
)
# "10 pens is the final answer."
ANSWERS = re.compile(
    rf"^\W*(?P<said>{NUMBER}(?:\s[a-z]+)?)\s+(?:is|are)\s+(?:the|our|my)\s+(?:final\s+|correct\s+|required\s+)?answer\.?\**$",
    re.IGNORECASE,
)
EMPHASISED = re.compile(r"\*{1,2}(?P<said>[^*]+[.!]?)\*{1,2}\.?")
MAX_SENTENCE = 500
# Arithmetic with its result is one value.
BETWEEN = re.compile(r"\s*(?:[-+*/=\u2212\u00d7\u00f7]|\\times|\\cdot|,?\s+or\s|out\s+of\s)\s*(?:\*\*)?\s*")
# "That leaves 10 pens."
THAT = re.compile(
    r"^\W*(?:this|that)(?:'s|\s+(?:is|leaves|gives|makes|means|equals|results\s+in|yields))\b", re.IGNORECASE
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
    r"before|after|first|second|next|initially|originally|previously|earlier|until|already|would|could|might|may|should|can|cannot|let|suppose|assume|when|while|where|"
    r"because|since|but|however|although|except|without|another|other|step|case|wrong|incorrect|impossible|contradiction|between|"
    r"under|(?<!left )over|up\s+to|only|too|some|possible|bound|candidate|initial|original|"
    r"starting|question|page|problem|estimate|guess|intermediate|partial|"
    r"one|two|three|four|five|six|seven|eight|nine|ten|half|twice|double|dozen|an?\s+(?:hour|minute|second|day|week|month|year)|need\s+to|want|try|consider|given|per\s+cent)\b"
    r"|n't\b|[<>≈≠?;:…]|\.\.\.|\\(?:approx|ne|neq|le|ge|sim)(?![A-Za-z])",
    re.IGNORECASE,
)
MATHEMATICS = re.compile(r"\$\$?(?P<dollar>[^$\n]+)\$\$?|\\\((?P<round>(?:(?!\\\)).)+)\\\)")
# Between two signs of dollars.
COMPARED = re.compile(r"[<>\u2260?]|\\(?:ne|neq|ldots|dots|cdots|implies|Rightarrow|to)(?![A-Za-z])|\.\.\.")
WORDS = re.compile(r"(?<![A-Za-z\\{])[a-z]{3,}\s")
ASSIGNS = re.compile(rf"(?<![\w\\+*/^-]){SYMBOL}\s*=\s*$")
HEADED = re.compile(
    r"^\W*(?:step\s+\d+|(?:final\s+)?(?:answer|result)|conclusion|solution)\W*:\W*?(?=\s)", re.IGNORECASE
)
FIGURE = re.compile(rf"(?<![\w.,/\\^\u25a1]){NUMBER}(?![\w^/]|[.,]\d)")
UNIT = re.compile(
    r"(?:\s+(?!(?:left|in|at|and|per|of|on|for|to|each|every|from|with|by|a|an|the|as|is|are|was|total|more|altogether|all|that|which|together|remaining|away|long|tall|wide|high|old|times?)\b)[a-z]+(?:/[a-z]+)?\b){1,2}"
)


def in_sentence(sentence: str, *, follows: bool, headed: bool = False) -> str | None:
    """The value that a last sentence states.

    Args:
        sentence: a whole one.
        follows: there is something before that it can conclude from.
        headed: it stands alone under the heading of the answer, so that it needs no word that concludes.
    """
    sentence = HEADED.sub("", sentence).strip()
    if whole := EMPHASISED.fullmatch(sentence):
        sentence = whole["said"]
    if len(sentence) > MAX_SENTENCE:
        return None
    return _choice(sentence) or _in_bold(sentence) or _listed(sentence, headed) or _one_value(sentence, follows, headed)


def _choice(sentence: str) -> str | None:
    """The letter that a sentence calls the correct one."""
    rest: str = CONCLUDES.sub("", sentence)
    if rest != sentence and re.fullmatch(r"\W*(?:yes|no|[A-E])\W*", rest, re.IGNORECASE):
        return rest.strip(" ,*.!")
    if match := ANSWERS.match(rest):
        return match["said"]
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
    span = None if ITEM.match(sentence) else _span(sentence)
    if span is None:
        return None
    ends = re.search(r"[\w)%}$*][.!]$|\$$|\\\)$|\*\*$", sentence) is not None
    before, said, after = ASSIGNS.sub("", sentence[: span[0]]), sentence[slice(*span)], sentence[span[1] :]
    begins = CONCLUDES.match(sentence) or THAT.match(sentence)
    concludes = ends and (headed or (follows and begins and not re.search(r"\d", before)))
    states = SUBJECT.match(CONCLUDES.sub("", before).strip(" ,") + " ") and len(after.split()) <= 3
    states = states and not re.search(r"\b(?:and|or|of|in|to|for)\s*$", after)
    if (
        not (concludes or states)
        or DOUBT.search(before + " " + after)
        or re.search(r"[+*/=^-]\s*$", before.replace("**", ""))
    ):
        return None
    if re.match(r"\s*(?:[-+*/=^]|of\b)", after.removeprefix("**")) or COMPARED.search(said):
        return None
    return said.replace("**", "").strip() + _unit(after.removeprefix("**"))


def _span(sentence: str) -> tuple[int, int] | None:
    """Where the one value of a sentence stands, arithmetic with its result as a whole; None for none or several."""
    found = [match for match in MATHEMATICS.finditer(sentence) if re.search(r"\d|\\pi|=", match[0])]
    outside = MATHEMATICS.sub(lambda match: "\u25a1" * len(match[0]), sentence)
    if sentence.count("$") == 1 or not found:  # an amount of money
        found, outside = [], sentence
    if any(WORDS.search(each[0]) for each in found):
        return None
    spans = sorted(match.span() for match in [*found, *FIGURE.finditer(outside)])
    whole = spans[:1]
    for start, end in spans[1:]:
        if not BETWEEN.fullmatch(sentence, whole[-1][1], start):
            return None
        whole = [(whole[0][0], end)]
    if len(spans) > 1 and not re.search(r"=|\bor\b|out\s+of", sentence[slice(*whole[0])]):
        return None
    return whole[0] if whole else None


def _unit(after: str) -> str:
    match = UNIT.match(after)
    return match[0] if match else ""
