"""What in a recipe or a trainer config runs code of others, reads the environment or sends data, told before it does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from cgd_recipes.errors import KeyPath, dotted
from cgd_recipes.trainers.places import Places

RUNS, READS, SETS, SENDS = "runs code", "reads the environment", "sets the environment", "sends data"

_CODE_KEYS = re.compile(
    r"trust_remote_code|.*(_cls|_plugin|_plugins|_funcs|_processors|_module_path)|rollout_func|middleware|unsafe_code|custom_\w*class\w*|serve"
)
_SEND_KEYS = re.compile(
    r"(use_|hf_)?(wandb|mlflow|comet|swanlab|trackio|neptune|dvc|clearml)(_\w+)?|use_otel_metrics|push_\w*hub|hub_model_id|"
    r"log_completions_hub_repo|report_to|vllm_server_host"
)
_CLASS_KEYS = re.compile(r"(\w+_)?backend")
"""Keys with a few plain words, or a class or a function by its module."""
# The name of what reads it may be put together from other values. Runs have an end where two of them could share characters.
_ENVIRONMENT = re.compile(r"\$\{(?:\s{0,9}oc\.env|[^{}:]*\$\{[^{}]*\}[^{}:]*)\s{0,9}:\s{0,9}([^,}]*)")
_PROGRAM = re.compile(r"\S+\.py")
_LARGEST_FILE = 1_000_000
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]{0,30}://\S+", re.IGNORECASE)


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


def disclosures_in_files(names: Iterable[str], places: Places) -> Iterator[Disclosure]:
    """What the JSON files beside a config ask for: DeepSpeed's may switch a tracker on.

    Args:
        names: as the config names them.
        places: where relative ones start. What is not there, or no JSON, says nothing.
    """
    for path in (places.find(name) for name in names if name.endswith(".json")):
        with suppress(OSError, ValueError, RecursionError):
            if path.stat().st_size <= _LARGEST_FILE:
                found = disclosures_in(json.loads(path.read_text(encoding="utf-8")))
                yield from (one._replace(what=f"{one.what}, in {path}") for one in found)


def nodes(values: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    """Every value in plain values, those in mappings and lists as well, with its path."""
    yield path, values
    below = values.items() if isinstance(values, dict) else enumerate(values) if isinstance(values, list) else ()
    for key, value in below:
        yield from nodes(value, (*path, key))


def _of_key(key: str, value: Any, path: KeyPath) -> Iterable[Disclosure]:
    # Also written as text, and as 0.
    is_off = isinstance(value, dict) and value.get("enabled") is False
    if not value or is_off or str(value).lower() in ("false", "none", "no", "off", "0"):
        return
    if _CODE_KEYS.fullmatch(key) or (_CLASS_KEYS.fullmatch(key) and "." in str(value)):
        yield Disclosure(RUNS, path, f"is {_short(value)}")
    if _SEND_KEYS.fullmatch(key):
        yield Disclosure(SENDS, path, f"is {_short(value)}")
    if key.endswith("_env"):
        yield Disclosure(READS, path, f"names the variable {_short(value)}")


def _of_text(text: str, path: KeyPath) -> Iterable[Disclosure]:
    if re.search(r"trust_remote_code\s*[=:]\s*(true|1)", text, re.IGNORECASE):
        yield Disclosure(RUNS, path, "turns trust_remote_code on")
    if _PROGRAM.fullmatch(text):
        yield Disclosure(RUNS, path, f"names a program, {_short(text)}")
    for name in _ENVIRONMENT.findall(text):
        yield Disclosure(READS, path, f"names the variable {_short(name)}")
    if address := _ADDRESS.search(text):
        yield Disclosure(SENDS, path, f"names the address {_short(address[0])}")


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
