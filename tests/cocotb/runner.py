"""Benches on a simulator: a component, a bench module, Icarus and Verilator.

A test names the component and the file of its bench::

    @pytest.mark.parametrize("simulator", simulators)
    def test_receiver(simulator, seed, tmp_path):
        bench(Receiver(), "bench_receiver", simulator, build_dir=tmp_path, seed=seed, here=__file__)
"""

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from unittest.mock import patch

import pytest
from amaranth.back import verilog
from amaranth.hdl import Elaboratable
from cocotb_tools.check_results import get_results
from cocotb_tools.runner import get_runner

from sluice.sim import tools

#: Both simulators, for ``pytest.mark.parametrize``. Icarus may be missing, but not in CI.
simulators = (
    pytest.param(
        "icarus",
        id="icarus",
        marks=[
            pytest.mark.icarus,
            pytest.mark.skipif(
                shutil.which("iverilog") is None and os.environ.get("CI") != "true",
                reason="iverilog is not installed",
            ),
        ],
    ),
    pytest.param("verilator", id="verilator"),
)

TOP = "top"
TIMESCALE = ("1ns", "1ps")

_BUILD_ARGS = {
    # What Amaranth writes is Verilog 2005. As SystemVerilog, registers have their initial values
    # before any process waits for a change: processes that read nothing else would never run.
    "icarus": ["-g2005"],
    # Benches are at the ports. The runner asks for all signals, which nothing may simplify then.
    "verilator": ["-Wno-fatal", "--no-public-flat-rw", "--public-depth", "1"],
}


def _verilator_environment(build_dir: Path, optimise: str) -> dict[str, str]:
    found = tools.verilator()
    # The runner calls whatever is called `verilator` in PATH.
    folder = build_dir / "bin"
    folder.mkdir(parents=True)
    (folder / "verilator").symlink_to(found.program)
    quick = {"OPT_FAST": optimise, "OPT_SLOW": "-O0", "OPT_GLOBAL": "-O0"}
    if shutil.which("ccache"):
        # Verilator's library is the same for all benches.
        quick["OBJCACHE"] = "ccache"
    return {**found.environment(**quick), "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}


def bench(
    component: Elaboratable,
    module: str,
    simulator: str,
    *,
    build_dir: Path,
    here: str,
    seed: int,
    testcase: str | None = None,
    environment: Mapping[str, str] | None = None,
    optimise: str = "-O1",
) -> int:
    """Run a bench and assert that all its cases passed.

    Parameters
    ----------
    component
        What is simulated. Its top level is called ``top``, its clock ``clk``, its reset ``rst``.
    module
        Name of the cocotb module, a file next to `here`; or several, with commas between them.
    simulator
        ``icarus`` or ``verilator``: see :data:`simulators`.
    build_dir
        A folder of this case alone; pytest's ``tmp_path`` is one.
    here
        ``__file__`` of the test.
    seed
        Seeds ``random`` in the bench: the fixture ``seed`` prints it.
    testcase
        Only the cases of the module with this name.
    environment
        Further variables for the bench, for example its parameters.
    optimise
        For the C++ compiler behind Verilator. ``-O0`` where compiling takes longer than running.

    Returns
    -------
    int
        How many cases ran.
    """
    source = build_dir / f"{TOP}.v"
    source.write_text(verilog.convert(component, name=TOP), encoding="utf-8")
    variables = _verilator_environment(build_dir, optimise) if simulator == "verilator" else {}
    runner = get_runner(simulator)
    with (
        patch.dict(os.environ, {**variables, **(environment or {})}),
        patch.object(sys, "path", [str(Path(here).resolve().parent), *sys.path]),
    ):
        # The runner would exit instead of leaving the results to the assertions below.
        os.environ.pop("PYTEST_CURRENT_TEST", None)
        runner.build(
            sources=[source],
            hdl_toplevel=TOP,
            build_dir=build_dir / simulator,
            build_args=_BUILD_ARGS[simulator],
            timescale=TIMESCALE,
        )
        results = runner.test(
            test_module=module,
            hdl_toplevel=TOP,
            testcase=testcase,
            seed=seed,
            timescale=TIMESCALE,
        )
    ran, failed = get_results(results)
    assert ran, f"{module} has no case{f' {testcase}' if testcase else ''}"
    assert not failed, f"{failed} of {ran} cases of {module} failed on {simulator}, seed {seed}"
    return ran
