"""`python -m cgd_recipes`, the same as the `cgd-recipe` command."""

from cgd_recipes.cli import main

main()
