"""What a user can put right."""

import shutil

import click


class AsicError(click.ClickException):
    """An input that cannot be used, or a tool that is not there: one line, exit code 2."""

    exit_code = 2


def installed(program: str, package: str, title: str = "") -> str:
    """Where a program is that a Debian package has.

    Raises
    ------
    AsicError
        It is not installed.
    """
    found = shutil.which(program)
    if found is None:
        name = f"{program} ({title})" if title else program
        raise AsicError(f"{name} not found: install the Debian package {package}")
    return found
