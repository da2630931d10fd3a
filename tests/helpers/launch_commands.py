"""Commands that stand in for those that a rendered launch.sh calls."""

import sys
from pathlib import Path

COMMANDS = {
    "nvidia-smi": "exit 1",
    "python": "exit 0",  # beside the trainer; it would check the student
    "python3": f'exec {sys.executable} -I -S "$@"',  # the script's own lines of Python take the standard library alone
}


def write_commands(folder: Path, **commands: str) -> None:
    """Write `COMMANDS` and further ones, name -> lines of bash, into a folder for PATH."""
    folder.mkdir(exist_ok=True)
    for name, text in {**COMMANDS, **commands}.items():
        (folder / name).write_text(f"#!/bin/bash\n{text}\n")
        (folder / name).chmod(0o755)
