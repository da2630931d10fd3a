"""What was gained and how sure we are: finished evaluations read, compared, and shown beside the published numbers."""
