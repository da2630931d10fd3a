"""Ask Axolotl itself what it thinks of a config; needs no GPU, no network and no model.

    python probe.py CONFIG.yaml N_GPUS

Run by path with the interpreter Axolotl lives in. Prints one JSON line on stdout,
`{"trainer": "axolotl", "version": ..., "errors": [...]}`, and everything else on stderr; exits 0 if Axolotl gave an
answer, whatever it was.
"""

from __future__ import annotations

import json
import os
import sys
from importlib.metadata import version
from typing import Any

SETTINGS = {"AXOLOTL_DO_NOT_TRACK": "1", "HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}


def complaints(error: BaseException) -> list[str]:
    """List what an exception complains of: pydantic holds several complaints in one."""
    if not hasattr(error, "errors"):
        return [f"{type(error).__name__}: {error}" if isinstance(error, ImportError) else str(error)]
    lines = []
    for item in error.errors(include_url=False):
        place = ".".join(str(part) for part in item["loc"])
        text = str(item["msg"]).removeprefix("Value error, ")
        lines.append(f"{place}: {text}" if place else text)
    return lines


def errors_of(config: dict[str, Any], gpus: int) -> list[str]:
    """List what Axolotl objects to in a config, for a machine of so many bf16 GPUs."""
    import torch
    from axolotl.utils.config import prepare_plugins, validate_config
    from axolotl.utils.dict import DictDefault

    hardware = {"bf16": True, "fp8": False, "tf32": True, "n_gpu": gpus, "n_node": 1, "compute_capability": "sm_90"}
    software = {"torch_version": torch.__version__.partition("+")[0]}
    try:
        wrapped = DictDefault(config)
        prepare_plugins(wrapped)
        validate_config(wrapped, capabilities=hardware, env_capabilities=software)
    except (Exception, SystemExit) as error:  # Axolotl raises whatever its validators and plugins happen to raise.
        return complaints(error)
    return []


def main() -> None:
    """Read the config, ask, answer."""
    path, gpus = sys.argv[1], int(sys.argv[2])
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    # Libraries print to stdout on import, some of them from C; the answer must be alone there.
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    import yaml

    with open(path, encoding="utf-8") as file:
        config = yaml.safe_load(file)
    result = {"trainer": "axolotl", "version": version("axolotl"), "errors": errors_of(config, gpus)}
    print(json.dumps(result), file=answer, flush=True)


if __name__ == "__main__":
    # Run by path, Python would search the modules beside this file before the trainer's own.
    sys.path[:] = [path for path in sys.path if path != os.path.dirname(os.path.abspath(__file__))]
    main()
