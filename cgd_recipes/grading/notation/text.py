"""Answers that are words: names, true and false, the letter of an option."""

from __future__ import annotations

import re
from functools import lru_cache

from cgd_recipes.grading.notation.clean import AND, OR, clean, tidy

IN_TEXT = re.compile(r"\\text\s*\{(?P<inside>[^{}]*)\}")
TRUE, FALSE = {"true", "yes"}, {"false", "no"}
# "No, it is not."
ANSWERED_NO = re.compile(
    r"no,? (?:it|they|there|this|that) (?:(?:is|are|does|do|did|was|can) not|(?:is|are|does|do|did|was)n't|cannot)"
)
# "yes, it is composite": a sentence that limits nothing. "no, 51 is not prime" may deny.
WITH_SENTENCE = re.compile(
    r"(?P<said>yes|no|true|false)(?: \((?P<again>yes|no|true|false)\))?"
    r"(?: ?[,;:] | [-\u2013\u2014]{1,2} |\. | (?=\(|(?:because|since|as)\b))(?P<rest>.+)"
)
# "statement is incorrect; that describes closing", "not true, since"
VERDICT = re.compile(
    r"(?:(?:(?:(?:this |that )?(?:statement|claim|assertion|proposition|conjecture)|it|this|that)(?: is|'s|(?= isn't)) ?)"
    r"|(?=not (?:true|correct)[ ;:,.])|(?=untrue|incorrect))"
    r"(?P<denied>(?: ?is)?(?:n't| ?not) )?(?P<said>true|correct|right|valid|false|incorrect|wrong|untrue|invalid)"
    r"(?P<rest>$|[;:,.] .*| [-\u2013\u2014]{1,2} .*| \(.*| (?:because|since|as)\b.*)"
)
HOLDS = frozenset(["true", "correct", "right", "valid"])
# "yes, the inequality is true", "no, this identity does not hold"
SAID_OF_STATEMENT = re.compile(
    r"(?:the|this|that) (?:statement|claim|assertion|proposition|conjecture|(?:in)?equality|identity|equation|relation|formula"
    r"|property|theorem|condition)(?: (?:is|does))?(?P<denied> not|n't)? (?:(?:indeed|always|in fact|really) )?"
    r"(?P<said>true|correct|right|valid|false|incorrect|wrong|untrue|invalid|holds?)(?: true)?"
)
# What a verdict may not go on with: the other one
AGAINST = {
    True: re.compile(r"\b(?:wrong|incorrect|untrue|invalid|mistaken)\b"),
    False: re.compile(
        r"\b(?:is|are|was|it's|that's)(?: \w+)? (?:correct|right|valid)\b(?! \w)|\bholds$|^(?:correct|right)\b"
    ),
}
THAT = re.compile(r"\b(?:true|false) that\b")
LIMITED = re.compile(
    r"\b(?:if|only|unless|except|but|for|when|while|maybe|perhaps|sometimes|some|depends|might|may|could|would|yes|no|true|false|unsure|idea|think|guess|or|wait|actually|provided|assuming|cases?|also|however|although|until)\b"
)
# "no, no such number exists"
NO_SUCH = re.compile(r"^(?:there (?:is|are|exists?) )?no (?:such|real|integer|rational)\b")
# What may stand around true and false without saying anything more.
FILLER = re.compile(r"it|is|the|statement|that|this|they|are|does|do|claim|answer|so|indeed|correct|holds")
# `2x = 10 \iff x = 5`
CONCLUDES = re.compile(
    r"\\(?:implies|Rightarrow|Longrightarrow|iff|Leftrightarrow|Longleftrightarrow)(?![A-Za-z])|[\u21d2\u21d4\u27f9\u27fa]"
)
# Behind the letter of an option: that it is not the answer
RULED_OUT = (
    r"^\W*(?:is\s+|was\s+)?(?:the\s+|an?\s+)?"
    r"(?:wrong|incorrect|false|too\s|rejected|ruled\s+out|eliminated|excluded|discarded|impossible|invalid)"
)
# Behind the letter of an option: its text, but neither another letter nor a second thought.
DOUBT = re.compile(
    r"^\s*\(?[A-J]\)?\s*$|(?<![A-Za-z])[B-J](?![A-Za-z'])|\b(?:also|or|not|maybe|perhaps|possibly|probably|wait|but|unless|both|neither|either|except|only|if|actually|"
    rf"guess|likely)\b|{RULED_OUT}",
    re.IGNORECASE,
)
# Behind the letter: a second answer, or arithmetic with it.
GOES_ON = re.compile(
    rf"\s*(?:[,;=+*/^<>|&{AND}{OR}]|\\(?:pm|approx|cdot|times|ldots|to|ne|neq|cup|cap|le|ge)(?![A-Za-z]))"
)
NOTHING = re.compile(
    r"(?:there (?:is|are) )?(?:no (?:such )?(?:real )?(?:solutions?|answers?)(?: exists?)?|(?:the )?empty set|none(?: exists?)?)"
)
EMPTY_SET = re.compile(r"\\emptyset|\\varnothing|⦃\s*⦄")
OPTION = re.compile(
    r"^(?:(?:the\s+)?(?:correct\s+|right\s+|final\s+)?(?:option|choice|answer)(?:\s+(?:choice|option|is))?)?\s*:?\s*[(\[\u2983]?\s*([A-Za-z])\s*[)\]\u2984]?(?:$|\s*[.:)]|(?<=\))\s|\s+(?=\(\s*\d))",
    re.IGNORECASE,
)
MATH = re.compile(r"\\|[\d^_=+*/<>{}()\[\]|]|'")
ARTICLE = re.compile(
    r"^(?:(?:it|this|that) is |it's |they are )?(?:the|an?)\s+|^(?:(?:it|this|that) is |it's |they are )", re.IGNORECASE
)
# Words of two letters; others may be symbols, such as Co and CO.
SHORT_WORDS = frozenset(
    ["an", "as", "at", "be", "by", "do", "go", "he", "if", "in", "is", "it", "me", "my", "no", "of", "on", "or", "so", "to", "up", "us",
     "we"]
)  # fmt: skip
MIN_WORD, MIN_MIXED = 3, 6
VOWEL = re.compile("[aeiouy]", re.IGNORECASE)
ALPHABET = "abcdefghijklmnopqrstuvwxyz"


@lru_cache(maxsize=512)  # every reading asks for it
def _as_written(text: str) -> str:
    plain = re.sub(r"\\text\s*\{([^{}]*)\}", r" \1 ", clean(text))
    plain = re.sub(r"\s+", " ", plain.replace("**", "").replace("{", "").replace("}", "")).strip(" .,;:!\"'`")
    return ARTICLE.sub("", plain)


@lru_cache(maxsize=512)  # every reading asks for it
def words(text: str) -> str:
    r"""A text in lower case, without `\text{}`, punctuation around it and a leading article."""
    return _as_written(text).casefold()


def same_text(gold: str, answer: str) -> bool:
    """Whether two texts have the same words; the case of a symbol counts, that of a word does not."""
    left, right = (_as_written(text).split() for text in (gold, answer))
    return len(left) == len(right) and all(
        one == other or (one.casefold() == other.casefold() and _is_word(one) and _is_word(other))
        for one, other in zip(left, right, strict=True)
    )


def _is_word(text: str) -> bool:
    """Whether a text is written as a word, not as a symbol such as `r`, `kB`, `mPa`, `NaCl` or `ABC`."""
    letters = "".join(filter(str.isalpha, text))
    small = letters.casefold()
    if len(letters) < MIN_WORD:
        return small in SHORT_WORDS
    mixed = not (letters.islower() or letters.isupper() or letters[1:].islower())
    return (
        bool(VOWEL.search(small) or not small.isascii())
        and small not in ALPHABET
        and (len(letters) >= MIN_MIXED or not mixed)
    )


def truth(text: str) -> bool | None:
    """What a text says that is true, false, yes or no and nothing more; None where it says anything else, or both."""
    plain = words(text)
    if ANSWERED_NO.fullmatch(plain):
        return False
    if OR in tidy(text):
        return None
    if verdict := VERDICT.fullmatch(plain):
        holds = verdict["said"] in HOLDS
        if verdict["denied"] and not holds:
            return None
        plain = f"{'true' if holds and not verdict['denied'] else 'false'}{verdict['rest']}"
    told = WITH_SENTENCE.fullmatch(plain)
    if told and (again := SAID_OF_STATEMENT.fullmatch(told["rest"])):
        holds = (again["said"] in HOLDS or again["said"].startswith("hold")) != bool(again["denied"])
        return holds if holds == (told["said"] in TRUE) else None
    if told and told["again"] and (told["again"] in TRUE) != (told["said"] in TRUE):
        return None
    if told and not LIMITED.search(NO_SUCH.sub("", told["rest"]) if told["said"] in FALSE else told["rest"]):
        denied = re.search(r"\b(?:not|never|cannot)\b|n't\b", told["rest"])
        if AGAINST[told["said"] in TRUE].search(told["rest"]):
            return None
        return None if denied and told["said"] in TRUE else told["said"] in TRUE
    found = re.findall(r"[^\s.,;:!]+", plain)
    said = {word for word in found if word in TRUE | FALSE}
    more = [word for word in found if word not in said and not FILLER.fullmatch(word)]
    if not found or more or THAT.search(plain) or len({word in TRUE for word in said}) != 1:
        return None
    holds = said <= TRUE
    return None if AGAINST[holds].search(plain) else holds


def is_nothing(text: str) -> bool:
    """Whether an answer says that there is none: no solution, or the empty set."""
    return NOTHING.fullmatch(words(text)) is not None or EMPTY_SET.fullmatch(clean(text)) is not None


def same_option(gold: str, answer: str) -> bool:
    """Whether two texts name the same option, whose letter may be in any case."""
    return option(gold) is not None and option(gold) == option(answer)


def option(text: str) -> str | None:
    """The letter of an option: `(C)`, `C`, `C. 12`, `Option C`; None where there is none, several, or a second thought."""
    plain = re.sub(r"\\text\s*\{([^{}]*)\}", r"\1", tidy(text)).replace("**", "").strip()
    match = OPTION.match(plain)
    if match is None:
        return None
    rest = plain[match.end() :]
    if DOUBT.search(rest) or GOES_ON.match(rest) or OR in rest:
        return None
    return match[1].upper()


def kind_of(text: str) -> str:
    """The kind of a gold answer as its text tells it: boolean, option, text, or numerical for everything else."""
    plain = words(text)
    if plain in TRUE | FALSE:
        return "boolean"
    in_text = re.fullmatch(r"\\text\s*\{([^{}]*)\}", clean(text))
    if re.fullmatch(r"\([A-Za-z]\)", plain.strip()) or (
        in_text and re.fullmatch(r"\(\s*[A-Za-z]\s*\)|[A-J]", in_text[1].strip())
    ):
        return "option"
    if (
        plain
        and not MATH.search(plain)
        and (
            in_text
            or re.fullmatch(
                r"(?:[A-Z]\.\s?){2,3}[A-Z][a-z]+|[A-Za-z][a-z]{2,}(?:[ -][A-Za-z]+)*",
                ARTICLE.sub("", clean(text).strip()),
            )
        )
    ):
        return "text"
    return "numerical"


@lru_cache(maxsize=64)  # every reading asks for it
def said(text: str) -> str:
    r"""A tidied text without `\text{}` around its words."""
    return re.sub(r"\s+", " ", IN_TEXT.sub(r" \g<inside> ", text)).strip(" .")
