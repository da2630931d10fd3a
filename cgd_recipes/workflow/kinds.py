"""The kinds of steps; a module of its own, so that the command line need not load the rest to list them."""

KINDS = ("generate", "render", "train", "evaluate", "report")
"""In their order."""
