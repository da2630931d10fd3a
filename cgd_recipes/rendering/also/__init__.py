"""Further trainers, for which a dataset and a config are written beside those of the recipe's own: `output.also`."""
