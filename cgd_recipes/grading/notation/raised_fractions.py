r"""Fractions in raised and lowered figures, 9/19 of `⁹\u2044₁₉` and 2 1/3 of `2¹\u2044₃`."""

from __future__ import annotations

import re

RAISED, LOWERED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "₀₁₂₃₄₅₆₇₈₉"
FIGURES = str.maketrans(RAISED + LOWERED, "0123456789-0123456789")
# Behind a letter or a bracket it is a power or a factor, before one a factor: `x¹\u2044₂`, `³\u2044₄x`.
FRACTION = re.compile(
    rf"(?<![\w\\)\]}}^{RAISED}])(?<!\d[.,])(?:(?P<whole>\d{{1,9}})[ \u00a0\u2009\u202f]?)?(?P<above>\u207b?[{RAISED[:-1]}]{{1,9}})"
    rf"[\u2044\u2215/](?P<below>[{LOWERED}]{{1,9}})(?![\w(\\\u221a^{RAISED}{LOWERED}])"
)


def with_plain_fractions(text: str) -> str:
    """A text with the figures of such fractions as plain ones, around a slash."""

    def plain(match: re.Match[str]) -> str:
        whole = f"{match['whole']} " if match["whole"] else ""
        return f"{whole}{match['above'].translate(FIGURES)}/{match['below'].translate(FIGURES)}"

    return FRACTION.sub(plain, text)
