"""A study as jobs of a cluster: lists of commands that do not wait for each other, and a Slurm script that submits them."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path

from cgd_recipes.files.atomic import write_text
from cgd_recipes.files.ownership import check_marked
from cgd_recipes.files.shipped import data_root
from cgd_recipes.files.templates import render_script
from cgd_recipes.workflow.cells import Study
from cgd_recipes.workflow.steps import Step

_SCRIPT_MARK = re.compile(rb"^# Written by cgd-recipes\.", re.MULTILINE)
_LIST_MARK = re.compile(rb"\Acgd-recipe run ")


def waves(steps: Iterable[Step]) -> list[list[str]]:
    """Jobs (see `Step.job`) in waves: what is in one needs nothing but what earlier ones leave."""
    job_of: dict[str, str] = {}
    needed: dict[str, set[str]] = {}
    for step in steps:
        job_of[step.name] = step.job
        needed.setdefault(step.job, set()).update(job_of[name] for name in step.needs)
    level: dict[str, int] = {}
    for job, others in needed.items():  # each after what it needs
        level[job] = 1 + max((level[other] for other in others if other != job), default=-1)
    return [[job for job in level if level[job] == number] for number in range(max(level.values(), default=-1) + 1)]


def write_jobs(study: Study, steps: Sequence[Step], command: Sequence[str]) -> list[Path]:
    """Write `jobs/` into the folder of a run.

    Args:
        study: the study.
        steps: of it.
        command: that runs it, to which `--only JOB` is added.

    Returns:
        The files: a list of commands for each wave, and the Slurm script.

    Raises:
        RecipeError: files of others bear their names.
    """
    folder = study.folder / "jobs"
    script, before = folder / "slurm.sh", list(folder.glob("wave-*.txt"))
    check_marked(script, _SCRIPT_MARK, "move it away")
    for earlier in before:
        check_marked(earlier, _LIST_MARK, "move it away")
    folder.mkdir(parents=True, exist_ok=True)
    for earlier in before:
        earlier.unlink()
    files = []
    for number, jobs in enumerate(waves(steps), 1):
        files.append(folder / f"wave-{number}.txt")
        write_text(files[-1], "".join(f"{_line([*command, '--only', job])}\n" for job in jobs))
    lists = [str(file.absolute()) for file in files]
    template = data_root() / "templates" / "launch" / "slurm.sh.j2"
    write_text(script, render_script(template, name=study.name, folder=str(Path.cwd()), waves=lists), executable=True)
    return [*files, script]


def _line(command: Iterable[str]) -> str:
    """A command on one line of a list, whatever its words hold: what a list is read by takes lines."""
    return " ".join(map(_word, command))


def _word(text: str) -> str:
    """A word of bash; one with ends of lines, or with bytes that are not UTF-8, is written by their codes."""
    if text.isprintable():
        return shlex.quote(text)
    return "$'" + "".join(_code(byte) for byte in os.fsencode(text)) + "'"


def _code(byte: int) -> str:
    return chr(byte) if chr(byte).isalnum() and byte < 0x80 else f"\\x{byte:02x}"
