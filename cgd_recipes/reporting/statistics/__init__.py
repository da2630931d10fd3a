"""Intervals, paired tests and sizes of effects: pure functions on numbers, each with its formula and source."""
