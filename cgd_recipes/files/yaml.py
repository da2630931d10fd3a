"""YAML in, with the place of every key and value."""

from __future__ import annotations

import re
from copy import copy, deepcopy
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

import yaml

from cgd_recipes.errors import KeyPath, Problem, RecipeError, Where, user_error
from cgd_recipes.files.regular import read_text

Origins = dict[KeyPath, Where]

MAX_NODES = 20_000
MAX_DEPTH = 50
MAX_CHARACTERS = 1_000_000

_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_SafeLoader):  # type: ignore[misc]
    """YAML 1.2 core scalars: `1e-6` is a number; `no`, `010` and `12:30:00` are what they look like."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, re.Pattern[str]]]]] = {}


for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    (
        "float",
        r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
        "-+.0123456789",
    ),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), list(_first))


class _TrainerLoader(_SafeLoader):  # type: ignore[misc]
    """YAML 1.1 as PyYAML's safe_load reads it: `500_000` is a number, `010` is eight and `no` is false."""


class _OmegaConfLoader(_TrainerLoader):
    """OmegaConf reads `1e-6` as a number and a date as text."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, re.Pattern[str]]]]] = {
        first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":timestamp", ":float"))]
        for first, resolvers in _SafeLoader.yaml_implicit_resolvers.items()
    }


_OmegaConfLoader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(
        r"""^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?
        |[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+
        |\.[0-9_]+(?:[eE][-+][0-9]+)?
        |[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*
        |[-+]?\.(?:inf|Inf|INF)
        |\.(?:nan|NaN|NAN))$""",
        re.VERBOSE,
    ),
    list("-+0123456789."),
)


class Dialect(Enum):
    """Who reads a YAML file, and so what its words mean."""

    STRICT = _Loader
    """Files of this project: plain YAML 1.2, without merge keys."""
    PYYAML = _TrainerLoader
    """`yaml.safe_load`: YAML 1.1 with merge keys."""
    OMEGACONF = _OmegaConfLoader
    """`OmegaConf.load`: as PyYAML, with more numbers and without dates."""


_MERGE = "tag:yaml.org,2002:merge"
_PLAIN_TAGS = ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")
_SCALAR_TAGS = ("str", "null", "bool", "int", "float", "timestamp", "binary")
_LONGEST_NUMBER = 1_000


class Document:
    """One parsed YAML file.

    Attributes:
        source: the name that error messages use for the file.
        value: the plain Python value.
        keys: where each mapping key stands, by path.
        values: where each value stands, by path.
    """

    def __init__(self, source: str, text: str, dialect: Dialect = Dialect.STRICT):
        self.source = source
        self._dialect = dialect
        self.keys: Origins = {}
        self.values: Origins = {}
        self._problems: list[Problem] = []
        self._nodes = 0
        if len(text) > MAX_CHARACTERS:
            raise RecipeError([Problem(Where(source, 1, 1), f"longer than {MAX_CHARACTERS:,} characters")])
        try:
            loader = dialect.value(text)
        except UnicodeEncodeError:
            message = "holds bytes that are not UTF-8, which no recipe can; rename the file or folder, or type it anew"
            raise user_error(source, message) from None
        try:
            self._check_nesting(text)
            node = loader.get_single_node()
            self.value: Any = self._build(loader, node, ()) if node is not None else None
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            place = Where(source, mark.line + 1, mark.column + 1) if mark else Where(source)
            self._problems.append(Problem(place, f"not valid YAML: {error.problem or error.context}"))
        except (yaml.YAMLError, RecursionError) as error:
            self._problems.append(Problem(Where(source), f"not valid YAML: {error}"))
        finally:
            loader.dispose()
        if self._problems:
            raise RecipeError(self._problems)

    def copy(self) -> Document:
        """The same, with a value of its own."""
        made = copy(self)
        made.value, made.keys, made.values = deepcopy(self.value), dict(self.keys), dict(self.values)
        return made

    def _check_nesting(self, text: str) -> None:
        """Stop before libyaml composes nodes, which it does by recursion, and without a limit of its own."""
        depth = nodes = 0
        for event in yaml.parse(text, _Loader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            nodes += isinstance(event, yaml.NodeEvent)
            if depth > MAX_DEPTH or nodes > 2 * MAX_NODES:
                mark: Any = event.start_mark
                place = Where(self.source, mark.line + 1, mark.column + 1)
                what = f"nested more than {MAX_DEPTH} deep" if depth > MAX_DEPTH else f"more than {MAX_NODES:,} values"
                raise RecipeError([Problem(place, what)])

    def where(self, path: KeyPath) -> Where:
        """Where the key or item at a path stands; failing that, the nearest one around it."""
        for length in range(len(path), 0, -1):
            place = self.keys.get(path[:length]) or self.values.get(path[:length])
            if place:
                return place
        return Where(self.source, 1, 1)

    def _build(self, loader: Any, node: yaml.Node, path: KeyPath) -> Any:
        place = self._place(node)
        self.values[path] = place
        self._nodes += 1
        if len(path) > MAX_DEPTH:
            raise RecipeError([Problem(place, "nested too deeply, or an alias contains itself")])
        if self._nodes > MAX_NODES:
            raise RecipeError([Problem(place, f"more than {MAX_NODES:,} values once aliases are expanded")])
        if not isinstance(node, yaml.ScalarNode) and node.tag not in _PLAIN_TAGS:
            self._problems.append(Problem(place, f"unknown tag '{node.tag}'; plain YAML only"))
        if isinstance(node, yaml.MappingNode):
            return self._build_mapping(loader, node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self._build(loader, item, (*path, index)) for index, item in enumerate(node.value)]
        if "\0" in node.value:
            self._problems.append(
                Problem(place, "holds the character NUL (\\0), which no text and no file name may have")
            )
            return ""
        try:
            if self._dialect is not Dialect.STRICT:
                return _trainer_scalar(loader, node)
            value = _scalar(node)
            if value != value:
                self._problems.append(Problem(place, f"'{node.value}' is not a number (NaN); write one"))
            return value
        except ValueError:
            self._problems.append(Problem(place, f"unknown tag or bad value '{node.value}'; plain YAML only"))

    def _build_mapping(self, loader: Any, node: yaml.MappingNode, path: KeyPath) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value if self._dialect is Dialect.STRICT else self._merged(node, 0):
            place = self._place(key_node)
            if not isinstance(key_node, yaml.ScalarNode):
                self._problems.append(Problem(place, "a key must be plain text"))
                continue
            key = str(key_node.value)
            if key == "<<" and self._dialect is Dialect.STRICT:
                self._problems.append(Problem(place, "merge keys (<<) are not supported; use 'extends'"))
                continue
            if key in result:
                first = self.keys[(*path, key)].line
                self._problems.append(Problem(place, f"duplicate key '{key}' (first on line {first})"))
                continue
            self.keys[(*path, key)] = place
            result[key] = self._build(loader, value_node, (*path, key))
        return result

    def _merged(self, node: yaml.MappingNode, depth: int) -> list[tuple[yaml.Node, yaml.Node]]:
        """Keys and values of a mapping, and what its merge keys add: nearer ones win, of a list the first."""
        if depth > MAX_DEPTH:
            raise RecipeError([Problem(self._place(node), "merged too deeply, or an alias merges itself")])
        own = [pair for pair in node.value if pair[0].tag != _MERGE]
        names = {key.value for key, _ in own if isinstance(key, yaml.ScalarNode)}
        added: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        # Of two merge keys PyYAML lets the last win.
        for value in [value for key, value in reversed(node.value) if key.tag == _MERGE]:
            for source in value.value if isinstance(value, yaml.SequenceNode) else [value]:
                if not isinstance(source, yaml.MappingNode):
                    message = "a merge key (<<) takes a mapping, or a list of mappings"
                    self._problems.append(Problem(self._place(source), message))
                    continue
                for pair in self._merged(source, depth + 1):
                    self._nodes += 1
                    if self._nodes > MAX_NODES:
                        message = f"more than {MAX_NODES:,} values once aliases are expanded"
                        raise RecipeError([Problem(self._place(node), message)])
                    if isinstance(pair[0], yaml.ScalarNode) and pair[0].value not in names:
                        added.setdefault(pair[0].value, pair)
        return [*own, *added.values()]

    def _place(self, node: yaml.Node) -> Where:
        return Where(self.source, node.start_mark.line + 1, node.start_mark.column + 1)


def _trainer_scalar(loader: Any, node: yaml.Node) -> Any:
    if node.tag.removeprefix("tag:yaml.org,2002:") not in _SCALAR_TAGS:
        raise ValueError(node.tag)
    # PyYAML multiplies 1:30:00 out, which takes long for a long one.
    if len(node.value) > _LONGEST_NUMBER and node.tag.endswith((":int", ":float")):
        raise ValueError(node.value)
    try:
        return loader.construct_object(node)
    except (LookupError, AttributeError, yaml.constructor.ConstructorError) as error:
        raise ValueError(str(error)) from None


def _scalar(node: yaml.Node) -> Any:
    text = str(node.value)
    match node.tag.removeprefix("tag:yaml.org,2002:"):
        case "str":
            return text
        case "null":
            return None
        case "bool":
            return text.lower() == "true"
        case "int":
            return int(text, 0) if text.lstrip("+-")[:2] in ("0x", "0o") else int(text)
        case "float":
            return float(re.sub(r"(?i)\.(inf|nan)", r"\1", text))
    raise ValueError(node.tag)


def parse_yaml(text: str, source: str, dialect: Dialect = Dialect.STRICT) -> Document:
    """Parse YAML text.

    Raises:
        RecipeError: syntax errors, duplicate keys, tags, exploding aliases and, in a file of ours, merge keys, each located.
    """
    return Document(source, text, dialect)


def read_yaml(path: Path, source: str | None = None, dialect: Dialect = Dialect.STRICT) -> Document:
    """Parse a YAML file; `source` is the name for error messages (the path, unless told otherwise).

    Raises:
        RecipeError: the file cannot be read, is not UTF-8, or is not valid (see `parse_yaml`).
    """
    name = source or str(path)
    try:
        if path.stat().st_size > 4 * MAX_CHARACTERS:
            raise RecipeError([Problem(Where(name, 1, 1), f"longer than {MAX_CHARACTERS:,} characters")])
        text = read_text(path)
    except UnicodeDecodeError as error:
        raise user_error(name, f"not UTF-8 text (byte {error.start})") from None
    except OSError as error:
        raise user_error(name, f"cannot be read: {error.strerror}") from None
    return _parsed(text, name, dialect).copy()


@lru_cache(maxsize=256)
def _parsed(text: str, name: str, dialect: Dialect) -> Document:
    """Parsed once: the recipes of a study extend the same files."""
    return parse_yaml(text, name, dialect)
