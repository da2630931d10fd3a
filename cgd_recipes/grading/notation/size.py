r"""Numbers that are too large to be worth reading: `10^{10^{10}}`, `1000000!`, `62!!!45`.

The parser computes powers and factorials while it reads, so that this is told from the text.
"""

from __future__ import annotations

import math
import re

# Of an exponent, a factorial's argument, the lower number of a binomial.
LARGEST = 20_000
POWER = re.compile(
    r"(?P<base>\d+|[A-Za-z)}\]])\s*\^\s*(?:\{\s*-?\s*(?P<braced>\d+)\s*\}|\(\s*-?\s*(?P<round>\d+)\s*\)|(?P<digit>\d))(?!\s*!)"
)
FACTORIAL = re.compile(r"(?P<number>\d+)\s*\)?\s*!")
BINOMIAL = re.compile(r"\\binom\s*\{\s*(\d+)\s*\}\s*\{\s*(\d+)\s*\}")
GROUP = re.compile(r"[({]\s*(\d+)\s*[)}](?=\s*(?:!|\^|\)|\}))")
MAX_ROUNDS = 50


def too_large(text: str) -> bool:
    """Whether a text holds a power, factorial or binomial of plain numbers that is too large to compute."""
    if re.search(r"!\s*\)*\s*!", text):  # a factorial of a factorial
        inner = re.search(r"(\d+)\s*\)?\s*!\s*\)*\s*!", text)
        if inner is None or int(inner[1][:9]) > 5:
            return True
    for match in FACTORIAL.finditer(text):
        if int(match["number"][:9]) > LARGEST:
            return True
    for _ in range(MAX_ROUNDS):
        shorter, large = _powers_once(text)
        if large:
            return True
        if shorter == text:
            return False
        text = shorter
    return True


def _powers_once(text: str) -> tuple[str, bool]:
    """The text with innermost powers of numbers computed, and whether one is too large."""
    large = False

    def computed(match: re.Match[str]) -> str:
        nonlocal large
        exponent = int((match["braced"] or match["round"] or match["digit"])[:9])
        large = large or exponent > LARGEST
        base = match["base"]
        if large or not base.isdigit():
            return match[0]
        digits = exponent * math.log10(max(int(base[:300]), 2))
        return str(int(base) ** exponent) if digits < 9 else "9" * 10

    shorter = POWER.sub(computed, text)
    large = large or any(
        min(int(n[:9]), abs(int(n[:9]) - int(k[:9])), int(k[:9])) > LARGEST for n, k in BINOMIAL.findall(shorter)
    )
    large = large or any(int(match["number"][:9]) > LARGEST for match in FACTORIAL.finditer(shorter))
    return GROUP.sub(r"{\1}", shorter) if not large else shorter, large
