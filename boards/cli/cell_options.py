"""Options that choose cells."""

from collections.abc import Callable
from typing import Any

import click


def liberty_option(*names: str, **more: Any) -> Callable[..., Any]:
    """The option that names a library; see :func:`~..asic.named.liberty_path`."""
    text = (
        "The cells: sky130, which `sluice cells` has made; osu018, of the Debian package "
        "qflow-tech-osu018; or a file."
    )
    if "envvar" in more:
        text += f"  [env: {more['envvar']}]"
    return click.option("--liberty", *names, metavar="NAME|FILE", help=text, **more)


hashes_option = click.option(
    "--hashes",
    type=click.IntRange(1, 4096),
    default=32,
    show_default=True,
    help="Cells: measure the energy of so many hashes of each header.",
)
headers_option = click.option(
    "--headers",
    type=click.IntRange(1, 64),
    default=4,
    show_default=True,
    help="Cells: random headers.",
)
wire_option = click.option(
    "--wire",
    type=click.FloatRange(0, 1000),
    default=5.0,
    show_default=True,
    metavar="FF",
    help="Cells: femtofarads of wire for each input of a cell.",
)
