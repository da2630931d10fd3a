"""What every shipped recipe renders: a few whole folders, and how the others differ from the nearest of them."""

import re
from difflib import SequenceMatcher
from pathlib import Path

import yaml
from helpers.plain import plain_yaml

CONTEXTS = range(6)
"""Lines of context to try, fewest first."""


def difference(base: str, text: str) -> str:
    """How a text differs from a base: hunks of a unified diff, without line numbers, so that most survive a change of both.

    Raises:
        ValueError: no number of lines of context makes the hunks unambiguous.
    """
    for context in CONTEXTS:
        hunks = "".join(_hunks(base.splitlines(), text.splitlines(), context))
        try:
            if apply(base, hunks) == text:
                return hunks
        except ValueError:
            continue
    raise ValueError("the difference is ambiguous")


def _hunks(base: list[str], text: list[str], context: int):
    for number, group in enumerate(SequenceMatcher(None, base, text, autojunk=False).get_grouped_opcodes(context)):
        if number:
            yield "@@\n"
        for kind, start, end, new_start, new_end in group:
            if kind == "equal":
                yield from (f" {line}".rstrip() + "\n" for line in base[start:end])
            else:
                yield from (f"-{line}\n" for line in base[start:end])
                yield from (f"+{line}\n" for line in text[new_start:new_end])


def apply(base: str, hunks: str) -> str:
    """A text from its base and `difference`.

    Raises:
        ValueError: a hunk fits nowhere after the one before it.
    """
    lines, cursor = base.splitlines(), 0
    for hunk in re.split(r"^@@\n", hunks, flags=re.MULTILINE) if hunks else []:
        changed = hunk.splitlines()
        old = [line[1:] for line in changed if not line.startswith("+")]
        new = [line[1:] for line in changed if not line.startswith("-")]
        starts = range(cursor, len(lines) - len(old) + 1)
        start = next((start for start in starts if lines[start : start + len(old)] == old), None)
        if start is None:
            raise ValueError(f"this is not in the base:\n{hunk}")
        lines[start : start + len(old)] = new
        cursor = start + len(new)
    return "".join(f"{line}\n" for line in lines)


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as they are."""


_Dumper.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, "|" if "\n" in text else None),
)


def read_differences(path: Path) -> dict:
    """Folder -> its base, and for each file that differs what differs; null for a file of the base that it lacks."""
    return (plain_yaml(path.read_text(encoding="utf-8")) or {}) if path.exists() else {}


def write_differences(path: Path, differences: dict) -> None:
    """Write them, sorted by folder."""
    text = yaml.dump(differences, Dumper=_Dumper, sort_keys=True, allow_unicode=True, width=1_000_000)
    path.write_text(text, encoding="utf-8")


def read_files(folder: Path) -> dict[str, str]:
    """Path in a folder -> text. Line ends stay as they are."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes().decode("utf-8") for path in paths}


def write_files(folder: Path, files: dict[str, str]) -> None:
    """Write them, and remove what else is there."""
    for name in read_files(folder):
        if name not in files:
            (folder / name).unlink()
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text.encode("utf-8"))


def compare(base: dict[str, str], files: dict[str, str]) -> dict[str, str | None]:
    """What differs of each file."""
    differing = [name for name in sorted({*base, *files}) if base.get(name) != files.get(name)]
    return {name: difference(base.get(name, ""), files[name]) if name in files else None for name in differing}


def restore(base: dict[str, str], differing: dict[str, str | None]) -> dict[str, str]:
    """The files from their base and what `compare` said."""
    files = {name: text for name, text in base.items() if name not in differing}
    changed = {name: apply(base.get(name, ""), hunks) for name, hunks in differing.items() if hunks is not None}
    return {**files, **changed}
