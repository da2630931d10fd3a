"""Keys of servers: from the environment into the request's header, and nowhere else."""

from __future__ import annotations

import os
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from html.entities import codepoint2name

from cgd_recipes.errors import Problem, Where
from cgd_recipes.generation.engines.protocol import Endpoint

_SECRET = 8
"""Characters from which on a key is a secret; servers of one's own are often given `EMPTY`, which answers may contain."""


class Keys:
    """The key of each role that has one.

    Args:
        endpoints: role -> the variable that holds the key. One that is missing or unfit is left out: ask `problems` first.
    """

    def __init__(self, endpoints: Mapping[str, Endpoint]):
        named = {role: endpoint.api_key_env for role, endpoint in endpoints.items() if endpoint.api_key_env}
        self._keys = {role: os.environ.get(name, "").strip() for role, name in named.items()}
        self._named = named
        spelt = [spelling for key in self._keys.values() if len(key) >= _SECRET for spelling in _spellings(key)]
        self._secrets = [(re.compile(pattern), re.compile(pattern.encode())) for pattern in dict.fromkeys(spelt)]

    def problems(self) -> Iterator[Problem]:
        """Keys that are missing, or cannot be sent; never with the key."""
        for role, name in self._named.items():
            key, wanted = self._keys[role], f"generate.{role}.api_key_env names it as the variable that holds the key"
            if not key:
                yield Problem(Where(name), f"is not set; {wanted}")
            elif not (key.isascii() and key.isprintable() and " " not in key):
                yield Problem(Where(name), f"holds characters that no key has; {wanted}")

    def header(self, role: str) -> dict[str, str]:
        """The header that carries the key of a role."""
        return {"Authorization": f"Bearer {self._keys[role]}"} if role in self._keys else {}

    def clean(self, text: str) -> str:
        """Text without the keys that a server may have sent back in it."""
        for secret, _ in self._secrets:
            text = secret.sub("[key]", text)
        return text

    def clean_bytes(self, raw: bytes) -> bytes:
        """The same for a body."""
        for _, secret in self._secrets:
            raw = secret.sub(b"[key]", raw)
        return raw


def _spellings(key: str) -> Iterator[str]:
    """Patterns of how a key may look in what a server sends back, in whatever case.

    It is there as it is, in JSON, also in JSON within JSON, in an address, in HTML, in hex, in base64.
    """
    yield "".join(map(_character, key))
    yield "[ :]?".join(map(_hex, key))
    for spelling in _base64_spellings(key):
        yield r"(?:\s|\\{1,2}[rn]){0,4}".join(_BASE64.get(character, character) for character in spelling)


_BASE64 = {"+": "[-+]", "/": r"(?:\\{0,2}/|_)"}


def _character(character: str) -> str:
    """A pattern of all ways to write a character.

    Each begins with a certain one, so that a text without them is searched at once.
    """
    code, names = _hex(character), codepoint2name
    cases = {character, character.lower(), character.upper()}
    escaped = rf"\\{{1,4}}(?:{'|'.join(map(re.escape, cases))}|u00{code}|x{code})"
    named = [f"&{names[ord(character)]};"] if ord(character) in names else []
    return "|".join(
        [
            *map(re.escape, cases),
            escaped,
            f"%(?:25){{0,3}}{code}",
            f"&#0{{0,4}}{ord(character)};",
            f"&#x0{{0,4}}{code};",
            *named,
        ]
    ).join(["(?:", ")"])


def _hex(character: str) -> str:
    """A pattern of a character's code in hex, in either case."""
    return "".join(f"[{digit}{digit.upper()}]" if digit.isalpha() else digit for digit in f"{ord(character):02x}")


def _base64_spellings(text: str) -> Iterator[str]:
    """What of a text's base64 is the same wherever it stands in what is encoded: for each place in a group of three bytes.

    The characters at its ends mix with what is around it, and are left out.
    """
    for before in range(3):
        whole = b64encode(b" " * before + text.encode()).decode().rstrip("=")
        first = (0, 2, 3)[before]
        inner = whole[first:] if (before + len(text)) % 3 == 0 else whole[first:-1]
        yield inner
