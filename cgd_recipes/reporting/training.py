"""Loss curves from the trainers' own logs, where they lie beside the model that was evaluated."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple

from cgd_recipes.files.jsonl import parse_json
from cgd_recipes.files.regular import read_bytes, read_text
from cgd_recipes.reporting.rendered_folder import rendered_folder

_STEP = re.compile(r"^Step (\d+) \|.*?\bloss:([-+\d.eE]+)", re.MULTILINE)


class Training(NamedTuple):
    """What a trainer logged.

    Attributes:
        source: the file.
        losses: (step, loss).
        tokens: seen in training, prompts and padding too; None where it is not logged.
        trained_tokens: those that the loss covers; None where it is not logged.
        seconds: of training; None where it is not logged.
        gpus: that the recipe was rendered for; None where no rendered folder tells.
    """

    source: Path
    losses: list[tuple[int, float]]
    tokens: int | None = None
    trained_tokens: int | None = None
    seconds: float | None = None
    gpus: int | None = None

    @property
    def gpu_hours(self) -> float | None:
        """Hours of training times GPUs; None where one of them is not known."""
        return self.seconds * self.gpus / 3_600 if self.seconds is not None and self.gpus else None


def training_of(model: str) -> Training | None:
    """The longest log in a trained model's folder or the one above it; None without one.

    Args:
        model: folder of the model; a hub id has none.
    """
    folder = Path(model)
    if not folder.is_absolute() or not folder.is_dir():
        return None
    paths = [
        (read, path) for read, pattern in _LOGS for place in (folder, folder.parent) for path in place.glob(pattern)
    ]
    found = [training for read, path in paths if (training := read(path)) is not None]
    best = max(found, key=lambda each: len(each.losses), default=None)
    return best._replace(gpus=_gpus(model)) if best else None


def _gpus(model: str) -> int | None:
    rendered = rendered_folder(model)
    batch = rendered.manifest.get("batch") if rendered else None
    size = batch.get("world_size") if isinstance(batch, dict) else None
    return size if isinstance(size, int) else None


def _of_state(path: Path) -> Training | None:
    """Transformers' log; Axolotl adds the tokens so far to every entry."""
    try:
        values: Any = parse_json(read_bytes(path))
        history = [entry for entry in values["log_history"] if isinstance(entry, dict)]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    points = ((_number(entry, "step"), _number(entry, "loss")) for entry in history)
    losses = [(int(step), loss) for step, loss in points if step is not None and loss is not None]
    if not losses:
        return None
    seen = _last(history, "tokens/total") or _number(values, "num_input_tokens_seen")
    return Training(
        path,
        losses,
        tokens=int(seen) if seen else None,
        trained_tokens=int(trained) if (trained := _last(history, "tokens/trainable")) else None,
        seconds=_last(history, "train_runtime"),
    )


def _number(values: Mapping[str, Any], key: str) -> float | None:
    value = values.get(key)
    return value if isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value) else None


def _last(history: Sequence[Mapping[str, Any]], key: str) -> float | None:
    return next((value for entry in reversed(history) if (value := _number(entry, key)) is not None), None)


def _of_log(path: Path) -> Training | None:
    """Torchtune's DiskLogger, which writes no tokens and no time."""
    try:
        text = read_text(path, errors="replace")
        losses = [(int(step), float(loss)) for step, loss in _STEP.findall(text)]
    except (OSError, ValueError):
        return None
    return Training(path, losses) if losses else None


_LOGS: tuple[tuple[Callable[[Path], Training | None], str], ...] = (
    (_of_state, "trainer_state.json"),
    (_of_state, "checkpoint-*/trainer_state.json"),
    (_of_log, "logs/train.log"),  # as rendered configs name it
    (_of_log, "logs/log_*.txt"),
    (_of_log, "log_*.txt"),
)
"""What reads which files."""
