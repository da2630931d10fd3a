"""Loss curves from the trainers' own logs, where they lie beside the model that was evaluated."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple

from cgd_recipes.files.jsonl import parse_json

_STEP = re.compile(r"^Step (\d+) \|.*?\bloss:([-+\d.eE]+)", re.MULTILINE)


class Training(NamedTuple):
    """What a trainer logged.

    Attributes:
        source: the file.
        losses: (step, loss).
        tokens: seen in training; None where it is not logged.
        seconds: of training; None where it is not logged.
    """

    source: Path
    losses: list[tuple[int, float]]
    tokens: int | None
    seconds: float | None


def training_of(model: str) -> Training | None:
    """The log of a trained model's folder: transformers' trainer_state.json, or torchtune's log_*.txt; None without one.

    Args:
        model: folder of the model; a hub id has none.
    """
    folder = Path(model)
    if not folder.is_absolute() or not folder.is_dir():
        return None
    states = [*folder.glob("trainer_state.json"), *folder.glob("checkpoint-*/trainer_state.json")]
    states += [*folder.parent.glob("trainer_state.json"), *folder.parent.glob("checkpoint-*/trainer_state.json")]
    found = [each for path in states if (each := _of_state(path)) is not None]
    logs = [*folder.parent.glob("logs/log_*.txt"), *folder.parent.glob("log_*.txt"), *folder.glob("log_*.txt")]
    found += [each for path in logs if (each := _of_log(path)) is not None]
    return max(found, key=lambda each: len(each.losses), default=None)


def _of_state(path: Path) -> Training | None:
    try:
        values: Any = parse_json(path.read_bytes())
        history = [entry for entry in values["log_history"] if isinstance(entry, dict)]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    losses = [(int(entry["step"]), float(entry["loss"])) for entry in history if _has_numbers(entry)]
    seconds = next((entry["train_runtime"] for entry in history if isinstance(entry.get("train_runtime"), float)), None)
    seen = values.get("num_input_tokens_seen")
    return Training(path, losses, seen if isinstance(seen, int) and seen else None, seconds) if losses else None


def _has_numbers(entry: dict[str, Any]) -> bool:
    return isinstance(entry.get("step"), int) and isinstance(entry.get("loss"), int | float)


def _of_log(path: Path) -> Training | None:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
        losses = [(int(step), float(loss)) for step, loss in _STEP.findall(text)]
    except (OSError, ValueError):
        return None
    return Training(path, losses, None, None) if losses else None
