"""The command line, in this process."""

from click.testing import CliRunner, Result

from cgd_recipes.commands.main import main


def run(*arguments: object) -> Result:
    """Run `cgd-recipe` with some arguments."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments])
