"""The command `sluice init`."""

from pathlib import Path

import click

from .cli import FILE
from .config import AUTO, EXAMPLE_URL, EXAMPLE_USER
from .driver.find import SerialPort, ports

__all__ = ["init", "text"]

_HEAD = """\
# Of Sluice's miner daemon. `sluice mine` mines with this; with `--check` it looks whether all that
# is named here is there. Any key can come from the environment too: SLUICE_POOLS_0_URL and so on.
"""

_CHAIN = """
[[chains]]
# "auto" takes the only serial port that a chip answers at. `sluice ports --probe` lists them all.
"""

_POOL = f"""
# Pools in order of preference: the next one is mined for while those before it fail.
[[pools]]
url = "{EXAMPLE_URL}"  # stratum+ssl:// for TLS
user = "{EXAMPLE_USER}"  # as the pool wants it
# password = "x"

# Or a node of your own, by getblocktemplate:
# [[pools]]
# kind = "solo"
# url = "http://127.0.0.1:8332"
# cookie_file = "~/.bitcoin/.cookie"
# address = "…"

# The web page and the REST API, on this machine only unless `host` says otherwise:
# [api.rest]
# host = "0.0.0.0"
# port = 8420
# token = "…"  # without one nothing can be changed

# [log]
# file = "sluice.log"
"""


def text(found: list[SerialPort]) -> str:
    """A configuration with the ports that were found.

    Parameters
    ----------
    found
        If there is one, it is named; otherwise the daemon has to find out.
    """
    chain = _CHAIN
    for port in found:
        what = " ".join(part for part in (port.maker, port.product) if part)
        board = f" ({port.board})" if port.board else ""
        name = "port" if len(found) == 1 else "# port"
        chain += f'{name} = "{port.device}"  # {what}{board}'.rstrip(" #") + "\n"
    if len(found) != 1:
        chain += f'port = "{AUTO}"\n'
    return _HEAD + chain + _POOL


@click.command()
@click.option(
    "--config",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    default=FILE,
    show_default=True,
    metavar="FILE",
    help="Where to.",
)
def init(path: Path) -> None:
    """Write a configuration to fill in, with the serial ports that there are.

    It asks nothing, and never replaces a file.
    """
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text(ports()))
    except FileExistsError as error:
        raise click.UsageError(f"{path}: is there already") from error
    except OSError as error:
        raise click.UsageError(f"{path}: cannot be written: {error.strerror}") from error
    click.echo(f"wrote {path}: put in your pool and user, then 'sluice mine'")
