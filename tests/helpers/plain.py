"""YAML as PyYAML's `safe_load` reads it, by the quick parser where PyYAML was built with it."""

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def plain_yaml(text: str):
    """The plain values of a YAML text."""
    return yaml.load(text, _LOADER)
