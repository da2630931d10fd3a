r"""Powers that are never worth computing, by the exponents of their primes: `2^{100000}`, `4^{50000}`, `6^{9999}\cdot 2`."""

from __future__ import annotations

import re

POWER = re.compile(
    r"\s*(?P<open>\()?\s*(?P<base>\d{1,9})\s*(?(open)\))\s*(?:\^\s*(?:\{\s*(?P<braced>\d{1,18})\s*\}|\(\s*(?P<round>\d{1,18})\s*\)|(?P<digit>\d)))?\s*"
)
LARGE = re.compile(r"\^\s*[{(]\s*\d{3,}")
TIMES = re.compile(r"\\cdot(?![A-Za-z])|\\times(?![A-Za-z])|\*")


def same_power(gold: str, answer: str) -> bool | None:
    """Whether two cleaned products of powers of whole numbers, one of them huge, are the same; None for anything else."""
    if not LARGE.search(gold) and not LARGE.search(answer):
        return None
    left, right = prime_exponents(gold), prime_exponents(answer)
    return None if left is None or right is None else left == right


def prime_exponents(text: str) -> dict[int, int] | None:
    """The primes of a product of powers of whole numbers and how often each divides it; None for anything else."""
    total: dict[int, int] = {}
    for factor in TIMES.split(text):
        match = POWER.fullmatch(factor)
        if match is None or not int(match["base"]):
            return None
        exponent = int(match["braced"] or match["round"] or match["digit"] or 1)
        for prime, times in _primes(int(match["base"])).items():
            total[prime] = total.get(prime, 0) + times * exponent
    return {prime: times for prime, times in total.items() if times}


def _primes(number: int) -> dict[int, int]:
    found: dict[int, int] = {}
    divisor = 2
    while divisor * divisor <= number:
        while number % divisor == 0:
            number //= divisor
            found[divisor] = found.get(divisor, 0) + 1
        divisor += 1
    if number > 1:
        found[number] = found.get(number, 0) + 1
    return found
