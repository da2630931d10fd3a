"""Rows: read, checked, drawn, turned into examples, measured."""
