"""Options that choose cells."""

from collections.abc import Callable
from typing import Any

import click


def liberty_option(**more: Any) -> Callable[..., Any]:
    """The option that names a library; see :func:`~..asic.named.liberty_path`."""
    text = (
        "The cells: sky130, which `sluice cells` has made; osu018, of the Debian package "
        "qflow-tech-osu018; or a file."
    )
    if "envvar" in more:
        text += f"  [env: {more['envvar']}]"
    return click.option("--liberty", metavar="NAME|FILE", help=text, **more)


wire_option = click.option(
    "--wire",
    type=click.FloatRange(0, 1000),
    default=5.0,
    show_default=True,
    metavar="FF",
    help="Femtofarads of wire for each input of a cell.",
)
