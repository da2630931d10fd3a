"""A rendered dataset on the hub: the dataset and its card, and nothing else of the folder."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from cgd_recipes.errors import RecipeError, user_error
from cgd_recipes.files.hashes import file_sha256
from cgd_recipes.files.regular import read_text
from cgd_recipes.rendering.rendered import check_outputs

TOKEN = "HF_TOKEN"  # noqa: S105 - the name of a variable
ENDPOINT = "HF_ENDPOINT"
CARD = "data/README.md"
_DATA = ("data/train.jsonl", "data/train.parquet")
_HUB = "https://huggingface.co"
_REPO = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)


class Sent(NamedTuple):
    """A file that goes to the hub.

    Attributes:
        name: in the repository.
        path: on this machine.
        size: in bytes.
        sha256: of what is in it.
    """

    name: str
    path: Path
    size: int
    sha256: str


class Push(NamedTuple):
    """What is to be sent, and where.

    Attributes:
        repo: `owner/name` of the dataset.
        endpoint: address of the hub.
        is_public: whether everybody may read it.
        files: all that is sent.
        examples: in the dataset.
        warnings: what the user should know before.
    """

    repo: str
    endpoint: str
    is_public: bool
    files: list[Sent]
    examples: int
    warnings: list[str]


def plan_push(folder: Path, repo: str, *, public: bool) -> Push:
    """What of a rendered folder would be sent; nothing is.

    Raises:
        RecipeError: a folder that is not as it was rendered, or no name of a repository.
    """
    manifest = check_outputs(folder)
    if not _REPO.fullmatch(repo):
        raise user_error(
            repo, "is no name of a dataset on the hub; it must read OWNER/NAME, of letters, digits, - _ and ."
        )
    names = [name for name in (*_DATA, CARD) if name in manifest["outputs"]]
    files = [
        Sent(PurePosixPath(name).name, folder / name, (folder / name).stat().st_size, file_sha256(folder / name))
        for name in names
    ]
    warnings = []
    if "\nlicense:" not in read_text(folder / CARD).partition("\n---")[0]:
        warnings.append("the card names no licence; set output.license and render again")
    endpoint = os.environ.get(ENDPOINT, _HUB).rstrip("/")
    return Push(repo, endpoint, public, files, int(manifest["rows"]["examples"]), warnings)


def push(plan: Push) -> str:
    """Send a dataset in one commit; its repository is made where it is not there.

    Returns:
        The address of the commit.

    Raises:
        RecipeError: no token, one that the hub refuses, a repository that is public where a private one is wanted, no network.
    """
    from huggingface_hub import CommitOperationAdd, HfApi

    token = os.environ.get(TOKEN)
    if not token:
        message = "is not set; make a token with write access at https://huggingface.co/settings/tokens, then export it"
        raise user_error(TOKEN, message)
    api = HfApi(endpoint=plan.endpoint, token=token)
    with _told(plan):
        api.create_repo(plan.repo, repo_type="dataset", private=not plan.is_public, exist_ok=True)
        if not plan.is_public and not api.repo_info(plan.repo, repo_type="dataset").private:
            message = "is public, and everybody would read the data; use --public if that is what you want"
            raise user_error(plan.repo, message)
        made = api.create_commit(
            plan.repo,
            [CommitOperationAdd(path_in_repo=file.name, path_or_fileobj=file.path) for file in plan.files],
            commit_message=f"{plan.examples:,} examples, rendered by cgd-recipes",
            repo_type="dataset",
        )
    return str(made.commit_url)


@contextmanager
def _told(plan: Push) -> Iterator[None]:
    """Say in one line what the hub or the network did not allow.

    Raises:
        RecipeError: in place of what huggingface_hub raises.
    """
    from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled

    # The hub's HTTP library is requests or httpx, by its version; their errors are those that its own one is made of.
    network: tuple[type[Exception], ...] = tuple(
        base for base in HfHubHTTPError.__mro__[1:] if issubclass(base, Exception) and base is not Exception
    )
    try:
        yield
    except RecipeError:
        raise
    except HfHubHTTPError as error:
        raise user_error(plan.repo, _refusal(plan, error)) from error
    except OfflineModeIsEnabled as error:
        raise user_error(plan.repo, "cannot be reached, because HF_HUB_OFFLINE is set; unset it") from error
    except ValueError as error:  # it has the hub read the card's header before anything is sent
        raise user_error(plan.repo, f"was not written, because the hub does not take the card: {error}") from error
    except RuntimeError as error:  # in which it puts what befell the upload of a file
        cause = type(error.__cause__ or error).__name__
        message = f"was not written, because a file could not be uploaded ({cause}); run this again"
        raise user_error(plan.repo, message) from error
    except network as error:
        message = (
            f"cannot be reached ({type(error).__name__}); see whether this machine may connect to it, or set {ENDPOINT}"
        )
        raise user_error(plan.endpoint, message) from error


_REFUSALS = {
    401: f"was not opened, because the hub refuses the token in {TOKEN}; make a new one with write access",
    403: f"cannot be written with the token in {TOKEN}; give the token write access to it, or name a repository of your own",
    404: f"is not there, or the token in {TOKEN} may not see it",
    409: "was changed by somebody else meanwhile; run this again",
}
"""Status of the hub's answer -> what became of the repository."""


def _refusal(plan: Push, error: Any) -> str:
    status = getattr(error.response, "status_code", None)
    if status in _REFUSALS:
        return _REFUSALS[status]
    said = getattr(error, "server_message", None)
    return f"was not written: {plan.endpoint} answered HTTP {status}{f': {said}' if said else ''}; try again later"
