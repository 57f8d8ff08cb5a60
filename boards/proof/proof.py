"""A netlist proved: it must find a real block's nonce."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from sluice.rtl.config import ChipConfig

from ..flow.build import Built

#: The simulation is a room of its own; it is called as a person calls it.
_SLUICE = "import sys; from sluice.rtl.cli import main; sys.argv[0] = 'sluice'; main()"


def netlist_of(built: Built) -> str:
    """Verilog with the ports of a chip: an iCE40's bitstream, an ECP5's routed netlist.

    Raises
    ------
    ~.wrap.ProofError
        What was read back is not what was built.
    click.ClickException
        A tool is missing or fails.
    """
    board = built.plan.board
    folders = built.routed.folder, built.configured.folder
    return board.family.verilog_of(board, built.setting, *folders, built.bitstream)


def prove(
    config: ChipConfig, verilog: str, before: int | None = None, *, as_json: bool = False
) -> int:
    """Let a netlist mine in the simulation, which prints what it has shown.

    Parameters
    ----------
    config
        What it must say of itself.
    verilog
        Its module ``top`` has the ports of a chip.
    before
        How many nonces before the block's own the job starts.
    as_json
        Whether one JSON object is printed.

    Returns
    -------
    int
        The simulation's exit code: zero if it is proved.
    """
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "top.v"
        file.write_text(verilog, encoding="utf-8")
        options = {
            "model": config.model,
            "cores": config.cores,
            "lanes": config.core.lanes,
            "build": config.build,
            "link-clock": config.link_clock,
            "hash-clock": config.hash_clock,
        }
        if before is not None:
            options["before"] = before
        words = [f"--{option}={value}" for option, value in options.items()]
        words += ["--json"] if as_json else []
        command = [sys.executable, "-c", _SLUICE, "prove-netlist", str(file), *words]
        # A model that runs once is compiled with little optimisation.
        environment = {"SLUICE_OPTIMISATION": "1", **os.environ}
        # In a session of its own: an interrupt is for this process, which ends that one.
        with subprocess.Popen(command, env=environment, start_new_session=True) as process:
            try:
                return process.wait()
            finally:
                process.terminate()
