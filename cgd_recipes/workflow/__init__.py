"""The whole loop: the steps of a recipe or of a study, in order, each made once."""
