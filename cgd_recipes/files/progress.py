"""How a long task tells how far it is."""

from collections.abc import Callable

Progress = Callable[[str, int], None]
"""Called with what is done and with its rows so far."""
