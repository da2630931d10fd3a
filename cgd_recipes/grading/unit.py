"""Units, which may stand at an answer or be left out, but must not be another."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

from cgd_recipes.grading.latex import TRIGONOMETRY

# \mathrm{~kg} \cdot \mathrm{m} / \mathrm{s}^{2}, after cleaning
WORDS = r"\\text\s*\{[^{}]*\}"
POWER = r"(?:\s*\^\s*(?:\{\s*-?\s*\d+\s*\}|-?\d+))?"
AT_END = re.compile(
    rf"\s*(?P<unit>{WORDS}{POWER}(?:\s*(?:\\cdot|/|\\times)?\s*{WORDS}{POWER})*|°(?:\s*[CF](?![a-z]))?|%)\s*$"
)
BARE = re.compile(r"(?<=[\d})°])\s*(?P<unit>[A-Za-zÅΩ¢][A-Za-z/ ]*(?:\^\s*\{?\d\}?)?)$")
SCALES = {"hundred": 2, "thousand": 3, "million": 6, "millions": 6, "billion": 9, "billions": 9, "trillion": 12}
# "5 \text{ if } x > 0", "2 \text{ dozen}": words that make another value of what they follow.
NO_UNIT = re.compile(
    r"\d|\b(?:dozens?|hundreds|thousands|score|pairs?|squared|cubed|factorial|choose|mod|root|half|halves|times|if|for|when|where|not|no|less|more|than|least|most|of)\b|[=<>,]"
)


@cache
def spellings() -> dict[str, str]:
    """Every spelling of every known unit, and which unit it is."""
    table = json.loads(Path(__file__).with_name("units.json").read_text(encoding="utf-8"))
    return {spelling: name for name, spellings in table.items() for spelling in spellings}


def unit_name(text: str | None) -> str | None:
    """The known unit that a text names, or None."""
    if not text:
        return None
    plain = re.sub(r"\\text\s*\{([^{}]*)\}", r"\1", text)
    plain = re.sub(r"[\s~]+", " ", plain.replace("{", "").replace("}", "")).strip().rstrip(".")
    plain = re.sub(r"\s*([/^])\s*", r"\1", plain)
    known = spellings()
    return known.get(plain) or known.get(plain.lower())


def scaled(text: str) -> str:
    r"""`5 \text{ million}` and `5 million` as `5 \times 10^{6}`."""
    names = "|".join(SCALES)
    pattern = (
        rf"(?<=[\d.])\s*(?:\\text\s*\{{\s*)?(?<![A-Za-z])({names})(?![A-Za-z])\s*(\w+(?:\s+\w+)?)?\s*\}}?(?=$|\s|\\)"
    )

    def power(match: re.Match[str]) -> str:
        tail = rf" \text{{ {match[2]}}}" if match[2] else ""
        return rf"\times 10^{{{SCALES[match[1]]}}}{tail}"

    return re.sub(pattern, power, text)


def split_unit(text: str) -> tuple[str, str | None]:
    r"""A cleaned answer without the unit at its end, and that unit as it was written.

    Words in `\text` at the end of a quantity are its unit, known or not ("12 \text{ apples}"); words without `\text`
    only where they are a known unit of more than a letter, because `3m` is a product.
    """
    text = scaled(text)
    if text.endswith("°") and TRIGONOMETRY.search(text):
        return text, None  # the degrees of \sin 30° are the argument's
    match = AT_END.search(text)
    if match and match.start() and not NO_UNIT.search(re.sub(rf"{POWER}(?=\W|$)", "", inner_words(match["unit"]))):
        return text[: match.start()].strip(), match["unit"]
    bare = BARE.search(text)
    if bare and (name := unit_name(bare["unit"])) and (len(bare["unit"].strip()) > 1 or name == "%"):
        return text[: bare.start()].strip(), bare["unit"]
    return text, None


def inner_words(unit: str) -> str:
    r"""What stands in the `\text{...}` of a unit."""
    return " ".join(re.findall(r"\\text\s*\{([^{}]*)\}", unit))


def without_words(text: str) -> str:
    """`9.25 m` and `18 eggs` without what follows the number; only for an answer whose gold is a number."""
    bare = BARE.search(text)
    if bare is None or NO_UNIT.search(bare["unit"]) or any(word in SCALES for word in bare["unit"].split()):
        return text
    counted = re.fullmatch(r"[a-z]{3,}(?: [a-z]+)*", bare["unit"]) and text[bare.start() : bare.start("unit")].isspace()
    return text[: bare.start()].strip() if counted or unit_name(bare["unit"]) else text


def units_differ(gold: str | None, answer: str | None) -> bool:
    """Whether both are known units and not the same one."""
    ours, theirs = unit_name(gold), unit_name(answer)
    return ours is not None and theirs is not None and ours != theirs
