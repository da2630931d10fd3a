"""Evaluation with lm-eval: documents, graded samples, pass@k, guards, and the runs that are made of them."""
