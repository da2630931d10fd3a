"""`python -m cgd_recipes`, the same as the `cgd-recipe` command."""

from cgd_recipes.commands.main import main

main()
