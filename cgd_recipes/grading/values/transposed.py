r"""Products of matrices, whose factors stand in their order: `A^T B` is not `B A^T`."""

from __future__ import annotations

import re
from itertools import chain

NAME = (
    r"(?:\\(?:text|vec|mathbf)\s*\{\s*[A-Za-z]\s*\}"
    r"|\\(?:Phi|Psi|Sigma|Lambda|Omega|Gamma|Delta|Theta|Xi|Pi|Upsilon)(?![A-Za-z])|(?<![a-z\\])[A-Z])"
)
TURN = r"\^\s*(?:\{\s*(?:T|\\(?:top|intercal)(?![A-Za-z])|\\text\s*\{\s*T\s*\})\s*\}|T|\\(?:top|intercal)(?![A-Za-z])|\\text\s*\{\s*T\s*\})"
TRANSPOSED = re.compile(rf"{NAME}\s*{TURN}")
# `(AB)^T`
OF_PRODUCT = re.compile(rf"\(\s*(?P<one>{NAME})\s*(?P<other>{NAME})\s*\)\s*{TURN}")
# Numbers beside the matrices, and what is one number of a matrix
BESIDE = re.compile(r"\\frac\s*\{[^{}]*\}\s*\{[^{}]*\}|/\s*\w+")
SPACES = re.compile(r"\\[,;:! ]|\\cdot(?![A-Za-z])|[\s*]+")
NUMBER_OF = re.compile(r"\\?(?:tr|det|rank|dim|operatorname|text\s*\{\s*(?:tr|det|rank|dim))(?![A-Za-z])|[,;|]")
FACTOR = re.compile(rf"{NAME}(?:\^\{{?(?:T|\\top|-1|\d)\}}?)?")
LEFT_SIDE = re.compile(rf"^\s*{NAME}\s*=\s*")
TERM = re.compile(r"(?<![\^{(])[+-](?![^()]*\))")
MAX_LENGTH = 200


def same_order(gold: str, answer: str) -> bool | None:
    """Whether two products, in which a matrix is transposed, are written alike, or with their factors in another order; else None."""
    if max(len(gold), len(answer)) > MAX_LENGTH or not (TRANSPOSED.search(gold) and TRANSPOSED.search(answer)):
        return None
    if _key(_plain(gold)) == _key(_plain(answer)):
        return True
    if NUMBER_OF.search(gold) or NUMBER_OF.search(answer):
        return None
    left, right = _factors(gold), _factors(answer)
    permuted = left != right and sorted(chain(*left)) == sorted(chain(*right))
    return False if permuted else None


def _factors(text: str) -> list[list[str]]:
    """The matrices of each term of a sum, in their order."""
    return sorted(
        [_key(factor) for factor in FACTOR.findall(term)] for term in TERM.split(BESIDE.sub(" ", _plain(text)))
    )


def _plain(text: str) -> str:
    r"""A product without its left side, with `B^T A^T` for `(AB)^T`."""
    turned = OF_PRODUCT.sub(r"\g<other>^T \g<one>^T", LEFT_SIDE.sub("", text))
    return SPACES.sub(" ", re.sub(TURN, "^T ", turned))


def _key(factor: str) -> str:
    return re.sub(r"\\(?:text|vec|mathbf)|[\s{}]", "", factor)
