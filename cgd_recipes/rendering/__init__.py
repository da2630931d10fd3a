"""A recipe into a folder: dataset, trainer config, launch script, evaluation plan, manifest."""
