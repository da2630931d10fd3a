"""Compares what the trainers made of the same rows, and writes the table of docs/trainers.md.

    python tools/conformance.py FACTS            compare the facts with each other and with integration/conformance.json
    python tools/conformance.py FACTS --write    compare them, then renew that file and the table
    python tools/conformance.py --table          renew the table alone

FACTS is a folder with the files that `integration/conformance.py` writes, one a trainer. `nox -s conformance` does all.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
RECORD, PAGE = ROOT / "integration" / "conformance.json", ROOT / "docs" / "trainers.md"
BEGIN, END = "<!-- tools/conformance.py -->", "<!-- end -->"
EXACT = ("rows", "tokens", "trained", "ids", "mask")
LOSSES = {"first_loss": "first loss", "loss_after_five_steps": "loss after five steps"}
TOLERANCE = 1e-4
PLAIN = "plain"

Facts = dict[str, Any]
"""Trainer -> what its run wrote down."""


def read_facts(folder: Path) -> Facts:
    """The facts of every trainer in a folder."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}


def differences(facts: Facts) -> Iterator[str]:
    """Where a trainer and the plain loop differ, or the plain loops of two environments."""
    first: dict[str, Facts] = {}
    for trainer, found in facts.items():
        for family, plain in found[PLAIN].items():
            other = first.setdefault(family, plain)
            yield from _unlike(f"{family}, plain loops beside {trainer} and another trainer", plain, other)
            yield from _unlike(f"{family}, {trainer} and the plain loop", found[trainer][family], plain)


def changes(facts: Facts, recorded: Facts) -> Iterator[str]:
    """Where facts are no longer those that are recorded."""
    for trainer in sorted({*facts, *recorded}):
        found, kept = facts.get(trainer), recorded.get(trainer)
        if not found or not kept:
            yield f"{trainer}: {'not run' if not found else 'not recorded'}"
            continue
        if found["versions"] != kept["versions"]:
            yield f"{trainer}: run with {found['versions']}, recorded with {kept['versions']}"
        for family in sorted({*found[trainer], *kept[trainer]}):
            if family not in found[trainer] or family not in kept[trainer]:
                yield f"{trainer} {family}: {'not run' if family not in found[trainer] else 'not recorded'}"
                continue
            yield from _unlike(f"{family}, {trainer} and its record", found[trainer][family], kept[trainer][family])


def _unlike(what: str, one: Facts, other: Facts) -> Iterator[str]:
    for key in EXACT:
        if one[key] != other[key]:
            yield f"{what}: {key} {one[key]} and {other[key]}"
    for key, name in LOSSES.items():
        if not abs(one[key] - other[key]) <= TOLERANCE:
            yield f"{what}: {name} {one[key]} and {other[key]}"


def table(facts: Facts) -> str:
    """The table of docs/trainers.md."""
    names = [f"{trainer} {found['versions'][trainer]}" for trainer, found in facts.items()]
    families: dict[str, Facts] = {}
    for found in facts.values():
        families = {**found[PLAIN], **families}
    lines = [
        f"| family | tokens, trained | plain loop | {' | '.join(names)} |",
        f"|---|---|---|{'---|' * len(names)}",
        *(
            f"| {family} | {plain['tokens']:,}, {plain['trained']:,} | {_losses(plain)} | "
            f"{' | '.join(_losses(found[trainer].get(family)) for trainer, found in facts.items())} |"
            for family, plain in sorted(families.items())
        ),
    ]
    return "\n".join([*lines, "", *(_beside(trainer, found) for trainer, found in facts.items())])


def _losses(found: Facts | None) -> str:
    return " → ".join(f"{found[key]:.4f}" for key in LOSSES) if found else "—"


def _beside(trainer: str, found: Facts) -> str:
    others = [f"{name} {number}" for name, number in found["versions"].items() if name != trainer]
    return f"- {trainer} ran with {' and '.join(others)}."


def page_with(facts: Facts, page: str) -> str:
    """The page with the table of the facts in its place."""
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{table(facts)}\n\n{END}{rest.partition(END)[2]}"


def main(arguments: list[str]) -> int:
    """See the module."""
    folders = [Path(name) for name in arguments if not name.startswith("--")]
    recorded = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}
    facts = read_facts(folders[0]) if folders else recorded
    faults = list(differences(facts))
    if "--write" in arguments and not faults:
        RECORD.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
        recorded = facts
    faults += changes(facts, recorded)
    if {"--write", "--table"} & {*arguments} and not faults:
        PAGE.write_text(page_with(facts, PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"{len(faults)} differences between {', '.join(facts)} and the plain loop, or from what was recorded")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
