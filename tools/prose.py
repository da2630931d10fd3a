"""Measure the prose of Markdown files: `python tools/prose.py README.md docs/*.md`.

Code, tables, headings, comments and front matter do not count, inline code and links are one word each. A sentence ends at a
full stop, a question mark, an exclamation mark, or with its paragraph or list item.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import NamedTuple

LONG = 30
"""A sentence of more words is long."""


class Prose(NamedTuple):
    """What a text is like: its sentences, and the semicolons in them."""

    sentences: list[str]
    semicolons: int

    @property
    def words(self) -> float:
        """Words a sentence."""
        return sum(len(sentence.split()) for sentence in self.sentences) / max(1, len(self.sentences))

    @property
    def long(self) -> float:
        """Share of sentences with more than `LONG` words, in percent."""
        return 100 * sum(len(sentence.split()) > LONG for sentence in self.sentences) / max(1, len(self.sentences))

    @property
    def semicolons_per_100(self) -> float:
        """Semicolons in 100 sentences."""
        return 100 * self.semicolons / max(1, len(self.sentences))


def prose_of(text: str) -> Prose:
    """The prose of a Markdown text."""
    text = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)
    text = re.sub(r"^```.*?^```$", "\n", text, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    text = re.sub(r"`[^`\n]+`", "CODE", text)
    text = re.sub(r"\[([^\]]+)\]\([^)]*\)", lambda link: "_".join(link[1].split()), text)
    text = re.sub(r"^( {4,}\S.*|#.*|\|.*|[ \t]*)$", "", text, flags=re.MULTILINE)
    items = re.split(r"\n\s*\n|\n(?=\s*(?:[-*]|\d+\.) )", text)
    items = [" ".join(re.sub(r"^\s*(?:[-*]|\d+\.) ", "", item).split()) for item in items]
    sentences = [part.strip() for item in items for part in re.split(r"(?<=[.!?])[*_)\"]*\s+", item)]
    sentences = [sentence for sentence in sentences if re.search(r"\w", sentence)]
    return Prose(sentences, sum(sentence.count(";") for sentence in sentences))


def main(files: list[str]) -> None:
    """Print a table of the files and of all of them together."""
    print(f"{'file':28} sentences  words/sentence  over {LONG} words  semicolons/100")
    texts = {file: prose_of(Path(file).read_text(encoding="utf-8")) for file in files}
    every = Prose([s for prose in texts.values() for s in prose.sentences], sum(p.semicolons for p in texts.values()))
    for file, prose in [*texts.items(), ("all", every)]:
        figures = f"{len(prose.sentences):9} {prose.words:15.1f} {prose.long:13.1f}% {prose.semicolons_per_100:15.0f}"
        print(f"{file[-28:]:28} {figures}")


if __name__ == "__main__":
    main(sys.argv[1:])
