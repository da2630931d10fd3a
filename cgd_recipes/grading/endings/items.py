"""Lists of values that are all there is under a heading or a label: bullets, assignments, rows of a table."""

from __future__ import annotations

import re

from cgd_recipes.grading.prose.last import NUMBER

MAX_LISTED = 6
SUBSCRIPTS = str.maketrans({chr(0x2080 + digit): f"_{digit}" for digit in range(10)})
VALUE = rf"(?P<value>\$[^$\n]+\$(?:\s[A-Za-z\u00b2\u00b3\u00b0/]+){{0,2}}|{NUMBER}(?:\s[a-z]+)?)"
# "$x = -1$", "- longer piece: 45 cm"
ITEM_ASSIGNED = re.compile(
    rf"(?:(?:[-*+\u2022]|\d[.)])\s+)?\$?(?P<name>[a-z](?:[\u2080-\u2089]|_\d)?)\s*=\s*{VALUE}\$?[,.;]?"
)
ITEM_ALONE = re.compile(rf"(?:[-*+\u2022]|\d[.)])\s+(?:{VALUE})[,.;]?")
# "x = 1, y = -4"
SOLUTION = re.compile(
    rf"(?:(?:[-*+\u2022]|\d[.)])\s+)?\$?(?P<solution>[a-z]\s*=\s*{NUMBER}(?:\$?,\s*\$?[a-z]\s*=\s*{NUMBER}){{1,3}})\$?[,.;]?"
)
# "| Mean | 4 |"
ROW = re.compile(r"\|\s*(?P<label>[^|]+?)\s*\|\s*(?P<value>[^|]+?)\s*\|")
RULE = re.compile(r"\|[\s:|-]+\|")
# A remark on an item: "b = -4, i.e. the point (0, -4)"
FURTHER = re.compile(r",\s+(?:i\.e\.|that\s+is)\s.*$")
ITEM_NAMED = re.compile(
    rf"(?:[-*+\u2022]|\d[.)])\s+(?!(?:step|check|note|first|then|finally)\b)(?P<label>[A-Za-z][A-Za-z' -]*)"
    rf"(?::|\s=|\s(?:->|\u2192|\u21d2))\s+(?:{VALUE}|(?P<other>[^\s:][^:\n]{{0,60}}?))[,.;]?",
    re.IGNORECASE,
)


def listed(lines: list[str], before: str) -> str:
    """The values of a list of named ones that is all there is under a heading; names in words only where it says "answer"."""
    lines = [FURTHER.sub("", line.strip()) for line in lines]
    if len(lines) > 2 and RULE.fullmatch(lines[1]) and all(ROW.fullmatch(line) for line in lines[2:]):
        lines = [f"- {row['label']}: {row['value']}" for line in lines[2:] if (row := ROW.fullmatch(line))]
    if not 1 < len(lines) <= MAX_LISTED:
        return ""
    assigned = [ITEM_ASSIGNED.fullmatch(line.strip()) for line in lines]
    if all(assigned):
        return ", ".join(f"{match['name']} = {match['value']}" for match in assigned if match).translate(SUBSCRIPTS)
    solutions = [SOLUTION.fullmatch(line) for line in lines]
    if all(solutions):
        return "; ".join(match["solution"].replace("$", "") for match in solutions if match)
    values = [ITEM_ALONE.fullmatch(line) for line in lines]
    if all(values):
        return ", ".join(match["value"] for match in values if match)
    named = [ITEM_NAMED.fullmatch(line.replace("**", "").strip()) for line in lines]
    if not all(named) or "answer" not in before.rstrip().rpartition("\n")[2].casefold():
        return ""
    return ", ".join(f"{match['label']}: {match['value'] or match['other']}" for match in named if match)
