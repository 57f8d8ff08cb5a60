"""`sluice bench-sim`: how fast the compiled simulation is, of a core and of a whole chip."""

import json
import statistics
from dataclasses import asdict
from typing import Any

import click

from sluice.rtl.config import ChipConfig
from sluice.rtl.core.cli import config_from, core_options

from . import catalogue, tools
from .chip import LINK_CLOCK
from .chiprate import RATIO
from .chiprate import chip_rates as measure_chip
from .compile import flags
from .screen import Screen, rate
from .search import Job, Searcher

#: All nonces are hashed, and next to none but the block's own is reported.
MASK_BITS = 32


@click.command()
@core_options
@click.option(
    "--hashes",
    type=click.IntRange(1),
    default=1 << 20,
    show_default=True,
    metavar="N",
    help="Nonces of a repetition.",
)
@click.option("--repeat", type=click.IntRange(1), default=5, show_default=True, help="Repetitions.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def bench_sim(hashes: int, repeat: int, as_json: bool, **options: Any) -> None:
    """Measure the compiled simulation of a core and of a chip, on one processor core."""
    config = config_from(**options)
    job = Job.window(catalogue.block(0).header, hashes, hashes // 2, MASK_BITS)
    with Screen() as shown:
        searcher = Searcher(config, progress=shown.compiling)
        show = shown.searching(hashes * repeat)
        results = []
        for number in range(repeat):

            def tell(cycles: int, number: int = number) -> None:
                show("measuring", number * hashes + cycles)

            results.append(searcher.search(job, tell))
        latency = searcher.latency()
        searcher.close()
        show = shown.searching(hashes * repeat)
        chip = ChipConfig(core=config, link_clock=LINK_CLOCK)
        chip_rates = [
            round(rate)
            for rate in measure_chip(
                chip, hashes, repeat, shown.compiling, lambda done: show("measuring the chip", done)
            )
        ]
    if wrong := [line for result in results for line in result.wrong]:
        raise click.ClickException("; ".join(wrong))
    rates = [round(rate(result)) for result in results]
    verilator, compiler = flags(waves=False)
    figures = {
        "hashes_per_second": round(statistics.median(rates)),
        "repetitions": rates,
        "chip_hashes_per_second": round(statistics.median(chip_rates)),
        "chip_repetitions": chip_rates,
        "chip_cycles": "{} hash to {} link".format(*RATIO),
        "hashes": hashes * config.lanes,
        "latency": latency,
        "config": asdict(config),
        "processor": tools.processor(),
        "verilator": f"{tools.verilator().identity}, {' '.join(verilator)}",
        "compiler": f"{tools.compiler().identity}, {' '.join(compiler)}",
    }
    if as_json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        click.echo(f"{name.replace('_', ' '):<24}{_plain(value)}")


def _plain(value: Any) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, list):
        return "  ".join(_plain(part) for part in value)
    if isinstance(value, dict):
        return "  ".join(f"{name}={part}" for name, part in value.items() if part is not None)
    return str(value)
