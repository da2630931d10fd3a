"""Where a response states its final answer: boxes, labels, last lines."""
