"""Declarative recipes for Critique-Guided Distillation (arXiv 2505.11628) over existing trainers."""

__version__ = "0.1.0"
