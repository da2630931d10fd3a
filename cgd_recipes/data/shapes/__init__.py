"""Shapes of examples, named as `Method.shape` names them.

Add a shape: a module with a `Shape` (see protocol.py), and its line in `SHAPES`. A trainer that can train it says so in
its `shapes`.
"""

from __future__ import annotations

from cgd_recipes.data.shapes.conversation import Conversation
from cgd_recipes.data.shapes.own_answer import OwnAnswer
from cgd_recipes.data.shapes.preference import PreferencePair
from cgd_recipes.data.shapes.protocol import Messages, Record, Shape
from cgd_recipes.recipe.method import Method

__all__ = ["Messages", "Record", "Shape", "shape_of"]

SHAPES: dict[str, Shape] = {
    "conversations": Conversation(),
    "preference pairs": PreferencePair(),
    "own answers": OwnAnswer(),
}
"""Name -> shape."""


def shape_of(method: Method) -> Shape:
    """The shape of a method's examples."""
    return SHAPES[method.shape]
