"""`sluice verilog`: plain Verilog of a chip or a core, for other flows."""

import dataclasses
import re
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
from amaranth.back import verilog as back
from amaranth.hdl import Elaboratable
from click.core import ParameterSource
from rich.console import Console

from sluice.rtl.chip import Chip
from sluice.rtl.config import ChipConfig
from sluice.rtl.core import ConfigError, CoreConfig, make_core
from sluice.rtl.core.cli import config_from, core_options
from sluice.rtl.named import ChipOfBoard
from sluice.rtl.protocol.models import MODELS
from sluice.rtl.target.asic import with_operations
from sluice.rtl.verilog_names import named_ports

__all__ = ["verilog", "verilog_text"]

#: What Verilator's linter would warn of in the idioms of Yosys, which writes the text, and why it
#: need not.
_WAIVED = {
    "WIDTHEXPAND": "numbers are written as narrow as they are, and Verilog extends them by zeros",
    "WIDTHTRUNC": "of a shift the lowest bits are taken; a word is negated to see if it is zero",
    "CASEINCOMPLETE": "what no case gives has been given in front of the casez",
    "PINMISSING": "no carry enters a chain",
}
#: A declaration of a signal of no bits, which nothing uses.
_EMPTY = re.compile(r"^ *(?:wire|reg) \[-1:0\] .*;\n", re.MULTILINE)


def verilog_text(config: ChipConfig | CoreConfig) -> str:
    """The Verilog of a chip (module ``chip``) or of a core (module ``core``)."""
    component: Elaboratable
    if isinstance(config, ChipConfig):
        name, component, core = "chip", Chip(config), config.core
    else:
        name, component, core = "core", make_core(config), config
    text = with_operations(back.convert(component, name=name, emit_src=False), back.convert)
    text = named_ports(_EMPTY.sub("", text))
    waivers = "".join(
        f"/* verilator lint_off {rule} */ // {reason}\n" for rule, reason in _WAIVED.items()
    )
    models = core.make_technology().models
    cells = models.read_text(encoding="utf-8") if models else ""
    return f"// Sluice {version('sluice-miner')}: {config}\n{waivers}{cells}{text}"


def _chip_config(core: CoreConfig, **options: Any) -> ChipConfig:
    try:
        return ChipConfig(core=core, **options)
    except ConfigError as error:
        raise click.UsageError(str(error)) from error


def _chip_of_board(board: ChipConfig, **changes: Any) -> ChipConfig:
    """The chip of a board; options that would make another core or clock are refused."""
    context = click.get_current_context()
    given = {
        name
        for name in context.params
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    }
    for name in sorted(given - {"board", "core_only", "output", *changes}):
        option = {"kind": "core"}.get(name, name.replace("_", "-"))
        raise click.UsageError(f"--{option} does not go with --board, which has a chip")
    try:
        return dataclasses.replace(
            board, **{name: changes[name] for name in changes if name in given}
        )
    except ConfigError as error:
        raise click.UsageError(str(error)) from error


@click.command()
@click.option(
    "--board",
    type=ChipOfBoard(),
    metavar="NAME",
    help="The chip that this board gets, with its cores and its clock (`sluice boards`).",
)
@click.option(
    "--model",
    type=click.Choice(list(MODELS)),
    default=ChipConfig.model,
    show_default=True,
    help="The chip whose place it takes.",
)
@click.option(
    "--cores", type=int, default=ChipConfig.cores, show_default=True, help="A power of two."
)
@core_options
@click.option(
    "--link-clock",
    type=float,
    default=ChipConfig.link_clock,
    show_default=True,
    metavar="HZ",
    help="Clock of the link: the port clk.",
)
@click.option(
    "--build", type=int, default=0, show_default=True, metavar="N", help="Read back at 0xE1."
)
@click.option("--core-only", is_flag=True, help="The bare core, without link and controller.")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    required=True,
    metavar="FILE",
    help="Where to write it.",
)
def verilog(
    board: ChipConfig | None,
    model: str,
    cores: int,
    link_clock: float,
    build: int,
    core_only: bool,
    output: Path,
    **options: Any,
) -> None:
    """Write Verilog of a chip.

    The top module is `chip`, or `core` with --core-only. With --board it is the chip that the board
    gets, and --model and --build are all that can be changed.
    """
    config: ChipConfig | CoreConfig
    if board:
        chip = _chip_of_board(board, model=model, build=build)
        config = chip.core if core_only else chip
    else:
        config = core = config_from(**options)
        if not core_only:
            clock = link_clock
            config = _chip_config(core, model=model, cores=cores, link_clock=clock, build=build)
    if not output.parent.is_dir():
        raise click.BadParameter(f"{output.parent} is not a folder", param_hint="--output")
    messages = Console(stderr=True)
    with messages.status("writing Verilog"):
        text = verilog_text(config)
        output.write_text(text, encoding="utf-8")
    messages.print(f"wrote {output}: {text.count(chr(10)):,} lines", highlight=False)
