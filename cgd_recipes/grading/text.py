"""Answers that are words: names, true and false, the letter of an option."""

from __future__ import annotations

import re

from cgd_recipes.grading.clean import clean

TRUE, FALSE = {"true", "yes"}, {"false", "no"}
OPTION = re.compile(r"^(?:option|choice|answer)?\s*\(?\s*([A-Za-z])\s*\)?(?:$|\s*[.:)]|(?<=\))\s)", re.IGNORECASE)
MATH = re.compile(r"\\|[\d^_=+*/<>{}()\[\]|]|'")
ARTICLE = re.compile(r"^(?:the|an?)\s+")


def words(text: str) -> str:
    r"""A text in lower case, without `\text{}`, punctuation around it and a leading article."""
    plain = re.sub(r"\\text\s*\{([^{}]*)\}", r" \1 ", clean(text))
    plain = re.sub(r"\s+", " ", plain.replace("**", "").replace("{", "").replace("}", "")).strip(" .,;:!\"'`")
    return ARTICLE.sub("", plain.casefold())


def truth(text: str) -> bool | None:
    """What a text that begins with true, false, yes or no says; None where it begins otherwise or says both."""
    found = set(re.findall(r"[a-z]+", words(text)))
    first = re.match(r"[a-z]+", words(text))
    if first is None or first[0] not in TRUE | FALSE or (found & TRUE and found & FALSE) or "not" in found:
        return None
    return first[0] in TRUE


def option(text: str) -> str | None:
    """The letter of an option: `(C)`, `C`, `C. 12`, `Option C`; None where there is none or there are several."""
    plain = re.sub(r"\\text\s*\{([^{}]*)\}", r"\1", clean(text)).strip()
    match = OPTION.match(plain)
    if match is None or re.search(r"\([A-Za-z]\)", plain[match.end() :]) or re.search(r",\s*\(?[A-Za-z]\)?$", plain):
        return None
    return match[1].upper()


def kind_of(text: str) -> str:
    """The kind of a gold answer as its text tells it: boolean, option, text, or numerical for everything else."""
    plain = words(text)
    if plain in TRUE | FALSE:
        return "boolean"
    in_text = re.fullmatch(r"\\text\s*\{([^{}]*)\}", clean(text))
    if re.fullmatch(r"\([A-Za-z]\)", plain.strip()) or (
        in_text and re.fullmatch(r"\(?\s*[A-Za-z]\s*\)?", in_text[1].strip())
    ):
        return "option"
    if (
        plain
        and not MATH.search(plain)
        and (in_text or re.fullmatch(r"[A-Za-z][a-z]{2,}(?:[ -][A-Za-z]+)*", clean(text)))
    ):
        return "text"
    return "numerical"
