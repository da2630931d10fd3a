r"""The value that a last sentence states, such as "So Marian has 5 apples left." or "The rate is **8%**".

One value and no doubt: a sentence with a second number, or with words of doubt or order, states nothing.
"""

from __future__ import annotations

import re

from cgd_recipes.grading.claim import claim, unit_behind
from cgd_recipes.grading.ending import AMOUNT, NUMBER
from cgd_recipes.grading.prose.languages import in_other_language, language_of
from cgd_recipes.grading.wording import CONCLUDES, ITEM, MAX_SENTENCE, is_doubtful

SYMBOL = r"\\?[A-Za-z]+(?:_(?:\{\w+\}|\w))?(?:\([A-Za-z\d]\))?"
# One value in bold print: a number with at most two words behind it, or the letter of an option.
BOLD = re.compile(r"\*\*(?P<said>[^*\n]+)\*\*")
BOLD_VALUE = re.compile(r"(?:(?:\\?\$|\\\(|-|\u2212|\()*\s*(?:\\?[dt]?frac|\\sqrt|\d)[^\n]*?|\(?[A-J]\)?)")
WORD = re.compile(r"(?<![A-Za-z\\])[A-Za-z]{2,}")
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
# "Therefore, **Evelyn** has the greatest average speed."
CHOSEN = re.compile(
    r"\W*\*\*(?P<said>[A-Z][a-z]+)\*\*(?:\s[a-z]+){1,2}\s(?:the|most|least)\s(?:\w+est|most|least|best|worst)\b[^,;:?*\d]*\.?\**$"
)
EMPHASISED = re.compile(r"\*{1,2}(?P<said>[^*]+[.!]?)\*{1,2}\.?")
LISTED = re.compile(
    r"^\W*(?:\w+,?\s+)?(?:the\s+)?(?:\w+\s+)?(?:solutions?|roots?|values?|zeros|points?|answers?|numbers?)\b[^=<>]*\b(?:is|are)\s*:?\s*(?P<said>.+?)\.?\**$",
    re.IGNORECASE,
)
HEADED = re.compile(
    r"^\W*(?:step\s+\d+|(?:final\s+)?(?:answer|result)|conclusion|solution)\W*:\W*?(?=\s)", re.IGNORECASE
)


def in_sentence(sentence: str, before: str = "", *, headed: bool = False) -> str | None:
    """The value that a last sentence states.

    Args:
        sentence: a whole one.
        before: the text before it, from which it can conclude.
        headed: it stands alone under the heading of the answer, so that it needs no word that concludes.
    """
    sentence = HEADED.sub("", sentence).strip()
    if whole := EMPHASISED.fullmatch(sentence):
        sentence = whole["said"]
    if len(sentence) > MAX_SENTENCE:
        return None
    if language := language_of(sentence):
        return in_other_language(sentence, language)
    return (
        _choice(sentence) or _in_bold(sentence) or _listed(sentence, headed) or claim(sentence, before, headed=headed)
    )


def _choice(sentence: str) -> str | None:
    """The letter that a sentence calls the correct one."""
    rest: str = CONCLUDES.sub("", sentence)
    if rest != sentence and re.fullmatch(r"\W*(?:yes|no|[A-E])\W*", rest, re.IGNORECASE):
        return rest.strip(" ,*.!")
    if match := ANSWERS.match(rest):
        return match["said"]
    if rest != sentence and (match := CHOSEN.match(rest)) and not is_doubtful(rest.replace("least", "")):
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
    if is_doubtful(rest) or re.search(r"\d", rest) or ITEM.match(sentence):
        return None
    if (
        not after.strip(" .!")
        and re.search(r"\b(?:is|are|equals)\s*$", before)
        and len(said.split()) <= 4
        and not is_doubtful(said)
    ):
        return said  # "The student is **Evelyn**."
    if not BOLD_VALUE.fullmatch(said) or len(WORD.findall(said)) > 2 or not before.strip(" *>"):
        return None
    return said + unit_behind(after)


def _listed(sentence: str, headed: bool) -> str | None:
    """The values that a sentence gives as the solutions, or a conclusion by several equations."""
    match = LISTED.match(sentence)
    said = match["said"] if match else None
    if said is None and (headed or CONCLUDES.match(sentence)):
        said = CONCLUDES.sub("", sentence).strip(" ,").rstrip(".*")
    if said is None or not re.search(r"(?:\band\b|\bor\b|,)\s*\S", said) or is_doubtful(sentence.replace(said, "")):
        return None
    plain = re.sub(
        rf"\\\((?:(?!\\\)).)+\\\)|\$[^$]+\$|(?<!\w)(?:{SYMBOL}\s*=\s*)?{AMOUNT}(?!\w)|\b(?:and|or)\b|[,\s*.]", "", said
    )
    return said.replace("**", "") if not plain else None
