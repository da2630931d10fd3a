"""What runs inside lm-eval's Python: tasks, documents, graded samples, guards, sweeps."""
