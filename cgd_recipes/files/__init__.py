"""Files: YAML, schemas, templates, what ships, what is written."""
