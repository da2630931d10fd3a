"""What in a recipe or a trainer config runs code of others, reads the environment or sends data, told before it does."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from cgd_recipes.errors import KeyPath, dotted

RUNS, READS, SENDS = "runs code", "reads the environment", "sends data"

_CODE_KEYS = re.compile(
    r"trust_remote_code|.*(_cls|_plugin|_plugins|_funcs|_processors)|unsafe_code|custom_\w*class\w*|serve"
)
_SEND_KEYS = re.compile(
    r"(use_)?(wandb|mlflow|comet|swanlab|trackio|neptune|dvc|clearml)(_\w+)?|push_\w*hub|hub_model_id|report_to"
)
_ENVIRONMENT = re.compile(r"\$\{oc\.env:([^,}]*)")
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)


class Disclosure(NamedTuple):
    """One thing that a user should agree to.

    Attributes:
        kind: `RUNS`, `READS` or `SENDS`.
        path: the key that asks for it.
        what: what it names, for the end of a sentence that begins with the key.
    """

    kind: str
    path: KeyPath
    what: str

    def __str__(self) -> str:
        return f"{self.kind}: '{dotted(self.path)}' {self.what}"


def disclosures_in(values: Any, path: KeyPath = ()) -> Iterator[Disclosure]:
    """What the keys and texts of plain values ask for, whatever reads them.

    Args:
        values: a mapping, a list or a plain value.
        path: where it stands.
    """
    for here, value in nodes(values, path):
        if here != path and isinstance(here[-1], str):
            yield from _of_key(here[-1], value, here)
        if isinstance(value, str):
            yield from _of_text(value, here)


def nodes(values: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    """Every value in plain values, those in mappings and lists as well, with its path."""
    yield path, values
    below = values.items() if isinstance(values, dict) else enumerate(values) if isinstance(values, list) else ()
    for key, value in below:
        yield from nodes(value, (*path, key))


def _of_key(key: str, value: Any, path: KeyPath) -> Iterable[Disclosure]:
    # Also written as text, and as 0.
    if not value or str(value).lower() in ("false", "none", "no", "off", "0"):
        return
    if _CODE_KEYS.fullmatch(key):
        yield Disclosure(RUNS, path, f"is {_short(value)}")
    if _SEND_KEYS.fullmatch(key):
        yield Disclosure(SENDS, path, f"is {_short(value)}")
    if key.endswith("_env"):
        yield Disclosure(READS, path, f"names the variable {_short(value)}")


def _of_text(text: str, path: KeyPath) -> Iterable[Disclosure]:
    if re.search(r"trust_remote_code\s*[=:]\s*(true|1)", text, re.IGNORECASE):
        yield Disclosure(RUNS, path, "turns trust_remote_code on")
    for name in _ENVIRONMENT.findall(text):
        yield Disclosure(READS, path, f"names the variable {_short(name)}")
    for address in _ADDRESS.findall(text)[:1]:
        yield Disclosure(SENDS, path, f"names the address {_short(address)}")


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
