"""What a user can put right."""

import click


class AsicError(click.ClickException):
    """An input that cannot be used, or a tool that is not there: one line, exit code 2."""

    exit_code = 2
