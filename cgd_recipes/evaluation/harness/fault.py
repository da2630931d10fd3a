"""What stops an evaluation inside lm-eval, where no recipe is at hand."""

from __future__ import annotations


class EvaluationFault(Exception):
    """An evaluation whose result would be wrong, or cannot be had; the message says what to do."""
