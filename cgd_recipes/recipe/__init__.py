"""A recipe and what it names: family, method, plan."""
