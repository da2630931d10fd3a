"""LLaMA-Factory, the trainer of the paper's authors."""
