"""Servers that a recipe starts itself: one for each role that names a command, as long as a generation runs."""

from __future__ import annotations

import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from cgd_recipes.errors import RecipeError
from cgd_recipes.files.child import end_group, start_child
from cgd_recipes.files.regular import open_own
from cgd_recipes.generation.settings import Generation

MODEL = "{model}"
"""Stands for the role's model in its command."""
_POLL, _GRACE = 0.2, 20.0
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""A proxy would be asked for an address of this machine, too."""


@contextmanager
def serving(generation: Generation, say: Callable[[str], None] = lambda line: None) -> Iterator[None]:
    """Start the servers of a generation, wait until they answer, and end them after the block.

    Args:
        generation: as loaded. A role without `serve` has a server already, or needs none.
        say: called with a line for each server that is started.

    Raises:
        RecipeError: an address that something answers at already, a command that is not there or ends, or no answer in
            `generate.timeout` seconds.
    """
    _check_addresses(generation)
    with ExitStack() as stack:
        started = [
            (role, stack.enter_context(_server(generation, role, say)))
            for role in generation.endpoints
            if generation.role(role).get("serve")
        ]
        for role, process in started:
            _wait(generation, role, process)
        yield


def _check_addresses(generation: Generation) -> None:
    """See that no two roles with servers of their own have one address: one of them would answer for both."""
    roles = [role for role in generation.endpoints if generation.role(role).get("serve")]
    taken: dict[str, str] = {}
    for role in roles:
        for url in generation.endpoints[role].base_urls:
            if taken.setdefault(url, role) != role:
                path = ("generate", role, "base_urls")
                message = f"the servers of {taken[url]} and {role} would both be at {url}; give each a port of its own"
                raise RecipeError([generation.plan.recipe.problem(path, message)])


def log_of(generation: Generation, role: str) -> Path:
    """The file that a role's server writes to."""
    return generation.output / f"serve-{role}.log"


@contextmanager
def _server(generation: Generation, role: str, say: Callable[[str], None]) -> Iterator[subprocess.Popen[bytes]]:
    endpoint, problem = generation.endpoints[role], generation.plan.recipe.problem
    path = ("generate", role, "serve")
    command = [part.replace(MODEL, endpoint.model) for part in generation.role(role).get("serve") or []]
    for url in endpoint.base_urls:
        if _answers(url):
            message = f"something answers at {url} already; end it, or leave '{'.'.join(path)}' out and use it"
            raise RecipeError([problem(path, message)])
    generation.output.mkdir(parents=True, exist_ok=True)
    # After what is there: it may be of an earlier run, or the user's own.
    with open_own(log_of(generation, role), "ab") as log:
        try:
            process = start_child(command, log)
        except OSError as error:
            raise RecipeError([problem(path, f"cannot start '{command[0]}': {error.strerror}")]) from None
    say(f"{role}: started {command[0]}; it writes to {log_of(generation, role)}")
    try:
        yield process
    finally:
        end_group(process, _GRACE)


def _wait(generation: Generation, role: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until a server answers at its addresses."""
    until = time.monotonic() + generation.section["timeout"]
    problem, path, log = generation.plan.recipe.problem, ("generate", role, "serve"), log_of(generation, role)
    for url in generation.endpoints[role].base_urls:
        while True:
            answered = _answers(url)
            # Also after an answer, which may be another server's: that of a run which was faster at the port.
            if process.poll() is not None:
                message = f"the {role}'s server ended with exit code {process.returncode} before it answered; see {log}"
                raise RecipeError([problem(path, message)])
            if answered:
                break
            if time.monotonic() > until:
                message = f"the {role}'s server does not answer at {url}; see {log}, or set a larger 'generate.timeout'"
                raise RecipeError([problem(path, message)])
            time.sleep(_POLL)


def _answers(url: str) -> bool:
    """Whether something speaks HTTP at an address and is ready: a server that still loads its model may say 503."""
    try:
        with _DIRECT.open(f"{url.rstrip('/')}/models", timeout=5):
            return True
    except urllib.error.HTTPError as error:
        return error.code != 503
    except (OSError, ValueError):
        return False
