"""Evaluation with lm-eval: settings, plans, runs and what came out of them."""
