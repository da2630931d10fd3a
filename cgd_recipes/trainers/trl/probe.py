"""Ask TRL itself what it thinks of a config; needs no GPU, no network and no model.

    python probe.py CONFIG.yaml

Run by path with the interpreter TRL lives in. Prints one JSON line on stdout,
`{"trainer": "trl", "version": ..., "errors": [...]}`, and everything else on stderr; exits 0 if TRL gave an answer,
whatever it was.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from importlib.metadata import version
from typing import Any, NoReturn

SETTINGS = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
# A file does not say which of these it is for: the first that knows all of its keys, or most.
COMMANDS = ("sft", "dpo", "distillation", "grpo", "kto", "reward", "rloo")
# These set up processes and GPUs that this machine need not have.
MACHINE = ("deepspeed", "fsdp", "fsdp_config")


def reject(message: str) -> NoReturn:
    """In place of ending the process, as argparse does."""
    raise ValueError(message)


def make_parser(command: str) -> Any:
    """The parser of a command, or of the experimental trainer that has none."""
    if command != "sdft":
        return importlib.import_module(f"trl.scripts.{command}").make_parser(prog=f"trl {command}")
    trl: Any = importlib.import_module("trl")
    own = importlib.import_module("trl.experimental.sdft").SDFTConfig
    return trl.TrlParser((trl.ScriptArguments, own, trl.ModelConfig, trl.DatasetMixtureConfig))


def choose(config: dict[str, Any]) -> tuple[Any, list[str]]:
    """The parser of a command of TRL with the config as its defaults, and the arguments that it leaves."""
    found: list[tuple[Any, list[str]]] = []
    for command in (*COMMANDS, "sdft"):
        parser = make_parser(command)
        found.append((parser, parser.set_defaults_with_config(**config)))
        if not found[-1][1]:
            break
    return min(found, key=lambda pair: len(pair[1]))


def errors_of(config: dict[str, Any]) -> list[str]:
    """List what TRL objects to in a config, and `accelerate launch` in what TRL hands on to it."""
    try:
        resolve = importlib.import_module("trl.cli.accelerate_config").resolve_accelerate_config_argument
        launch: Any = importlib.import_module("accelerate.commands.launch").launch_command_parser()
        arguments: Any = importlib.import_module("transformers.training_args")
        arguments.is_torch_bf16_gpu_available = lambda: True
        parser, rest = choose({key: value for key, value in config.items() if key not in (*MACHINE, "env")})
        parser.error = launch.error = reject
        parser.parse_args_into_dataclasses(args=[], look_for_args_file=False)
        launch.parse_args([*resolve(rest), "script.py"])
    except Exception as error:  # TRL raises whatever its classes happen to raise.
        return [f"{type(error).__name__}: {error}" if isinstance(error, ImportError) else str(error)]
    return []


def main() -> None:
    """Read the config, ask, answer."""
    path = sys.argv[1]
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    # Libraries print to stdout on import, some of them from C; the answer must be alone there.
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    import yaml

    with open(path, encoding="utf-8") as file:
        config = yaml.safe_load(file)
    result = {"trainer": "trl", "version": version("trl"), "errors": errors_of(config)}
    print(json.dumps(result), file=answer, flush=True)


if __name__ == "__main__":
    # Run by path, Python would search the modules beside this file before the trainer's own.
    sys.path[:] = [path for path in sys.path if path != os.path.dirname(os.path.abspath(__file__))]
    main()
