"""The machine that tests see: no hub, no trainer, no lm-eval and no switch of the environment, whatever the developer has."""

import os
import shutil
import signal
import sys
import threading
from importlib.metadata import Distribution, PackageNotFoundError
from pathlib import Path

from cgd_recipes.recipe import student_files

TOOLS = ("axolotl", "torchtune", "lm_eval", "lm-eval", "llamafactory", "trl")
"""Distributions that are not seen."""
COMMANDS = ("axolotl", "tune", "lm_eval", "lm-eval", "nvidia-smi")
"""Commands that are not seen where the developer has them."""
SWITCHES = (
    "CGD_TRAINER_BIN", "CGD_EVAL_BIN", "CGD_EVAL_DATA", "CUDA_VISIBLE_DEVICES", "DO_NOT_TRACK", "DRY_RUN",
    "GPUS_PER_NODE", "HF_DATASETS_OFFLINE", "HF_HUB_OFFLINE", "HF_TOKEN", "MASTER_ADDR", "MASTER_PORT", "NNODES",
)  # fmt: skip
"""Variables that change what is done; so do those of a Slurm job."""

MEMORY, LEAST_FREE = Path("/dev/shm"), 2 << 30

DEVELOPERS = {str(Path(sys.executable).parent), *os.environ.get("PATH", os.defpath).split(os.pathsep)}


def heed_interrupts() -> None:
    """Let Ctrl-C reach what a test starts: in the background a shell lets it be ignored, which is handed on to all programs."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.default_int_handler)


def keep_files_in_memory() -> None:
    """Let pytest's temporary folders lie in memory where a machine offers that: a render writes twenty files."""
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > LEAST_FREE:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def hide_tools(monkeypatch) -> None:
    """Let this process find only the tools that a test makes."""
    which, from_name = shutil.which, Distribution.from_name

    def find_command(command, mode=os.F_OK | os.X_OK, path=None):
        if command in COMMANDS:
            folders = (os.environ.get("PATH", os.defpath) if path is None else path).split(os.pathsep)
            path = os.pathsep.join(folder for folder in folders if folder not in DEVELOPERS) or os.devnull
        return which(command, mode, path)

    def find_distribution(name):
        if name in TOOLS:
            raise PackageNotFoundError(name)
        return from_name(name)

    def become(*_arguments):
        raise AssertionError("a test must not become another program: start it in a process of its own")

    monkeypatch.setenv("HF_HUB_CACHE", os.devnull)
    monkeypatch.setattr(student_files, "_why_not_fetched", lambda *_: "the student is not a local folder")
    monkeypatch.setattr(shutil, "which", find_command)
    monkeypatch.setattr(Distribution, "from_name", find_distribution)
    for name in ("execv", "execve", "execvp", "execvpe"):
        monkeypatch.setattr(os, name, become)
    for name in [name for name in os.environ if name in SWITCHES or name.startswith("SLURM_")]:
        monkeypatch.delenv(name)
    # For the processes that a test starts: a hub that nobody answers for.
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:1")
