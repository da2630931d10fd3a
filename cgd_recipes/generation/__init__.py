"""Generation: students answer, teachers critique and refine, on engines of others; we keep the journal."""
