"""The small files of a student: in its own folder, in the hub's cache, or fetched from the hub."""

from __future__ import annotations

import os
import re
import time
from functools import cache
from pathlib import Path

from cgd_recipes.files.regular import read_bytes

CONFIG, TOKENIZER, SETTINGS, TEMPLATE = "config.json", "tokenizer.json", "tokenizer_config.json", "chat_template.jinja"
_FETCHED = (CONFIG, TOKENIZER, SETTINGS, TEMPLATE, "special_tokens_map.json", "generation_config.json")
"""Files that are fetched: no weights, and no code."""
_HUB_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*/[A-Za-z0-9][A-Za-z0-9._-]*")
"""What is asked of the hub. A name without an owner is as likely a folder that is not there."""
_ANSWER_SECONDS, _ALL_SECONDS = 5.0, 60.0
"""How long the hub may take to say what a file is, and to send them all."""


def student_folder(name: str, revision: str | None = None) -> Path | str:
    """The folder with a student's files; not all of them need be there.

    Of a hub id the files are fetched into the hub's cache, unless HF_HUB_OFFLINE is set or they are there already. Nothing is
    sent but the id, the revision, and the token that huggingface_hub finds.

    Args:
        name: a folder, or a hub id.
        revision: commit or branch on the hub; None for the default branch.

    Returns:
        The folder; or, where nothing of it can be had, why.
    """
    if Path(name).is_dir():
        return Path(name)
    found = _in_cache(name, revision)
    if found and _is_complete(found):
        return found
    reason = _why_not_fetched(name, revision)
    return _in_cache(name, revision) or reason


def _in_cache(name: str, revision: str | None) -> Path | None:
    """The snapshot in the hub's cache, which is laid out as huggingface_hub's documentation says ("Understand caching").

    That package is not asked: importing it takes longer than everything else that is looked at here.
    """
    folder = _hub_cache() / f"models--{name.replace('/', '--')}"
    reference = folder / "refs" / (revision or "main")
    commit = reference.read_text(encoding="utf-8").strip() if reference.is_file() else revision
    snapshot = folder / "snapshots" / (commit or "main")
    return snapshot if snapshot.is_dir() else None


def _is_complete(folder: Path) -> bool:
    """Whether a snapshot has all that is looked at; a template can stand in tokenizer_config.json."""
    if not all((folder / file).is_file() for file in (CONFIG, TOKENIZER, SETTINGS)):
        return False
    return (folder / TEMPLATE).is_file() or b'"chat_template"' in read_bytes(folder / SETTINGS)


def _hub_cache() -> Path:
    """The hub's cache, by the environment variables of huggingface_hub."""
    if named := os.environ.get("HF_HUB_CACHE"):
        return Path(os.path.expanduser(named))
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(os.path.expanduser(os.environ.get("HF_HOME") or f"{cache}/huggingface")) / "hub"


def _why_not_fetched(name: str, revision: str | None) -> str:
    if not _HUB_ID.fullmatch(name):
        return "the student is not a local folder"
    if os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "ON", "YES", "TRUE"):
        return "the student is not in the hub's cache, and HF_HUB_OFFLINE forbids to fetch its files"
    return _fetch(name, revision, str(_hub_cache()), os.environ.get("HF_ENDPOINT") or None)


@cache
def _fetch(name: str, revision: str | None, folder: str, endpoint: str | None) -> str:
    """Fetch the files of a student; returns why that was not done, or nothing. A process asks once."""
    from huggingface_hub import constants, get_hf_file_metadata, hf_hub_download, hf_hub_url
    from huggingface_hub import errors as hub
    from huggingface_hub.utils.tqdm import are_progress_bars_disabled, disable_progress_bars, enable_progress_bars

    constants.HF_HUB_DISABLE_TELEMETRY = True  # else it asks the hub for more than these files
    hidden, end = are_progress_bars_disabled(), time.monotonic() + _ALL_SECONDS
    disable_progress_bars()
    try:
        # A download tries again and again, for half a minute, where nobody answers. This asks once.
        get_hf_file_metadata(hf_hub_url(name, CONFIG, revision=revision, endpoint=endpoint), timeout=_ANSWER_SECONDS)
        for file in _FETCHED:
            if time.monotonic() > end:
                return f"the hub took more than {_ALL_SECONDS:.0f} s to send the student's files"
            try:
                hf_hub_download(
                    name, file, revision=revision, cache_dir=folder, endpoint=endpoint, etag_timeout=_ANSWER_SECONDS
                )
            except hub.LocalEntryNotFoundError:  # of the kind of the next as well, and raised where nobody answers
                raise
            except hub.EntryNotFoundError:
                continue
    except hub.GatedRepoError:
        return f"{name} is gated on the hub; set HF_TOKEN to a token that may read it"
    except hub.RevisionNotFoundError:
        return f"{name} has no revision {revision} on the hub"
    except hub.RepositoryNotFoundError:
        return f"the hub has no model {name}, or it is private and HF_TOKEN may not read it"
    except hub.EntryNotFoundError:
        return f"{name} has no {CONFIG} on the hub"
    except Exception:  # those of its HTTP library, of which there were two
        return "the hub could not be reached"
    finally:
        if not hidden:
            enable_progress_bars()
    return ""
