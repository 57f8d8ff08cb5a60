"""Bits of registers that have the value after reset for ever: of a sum that is never so large."""

from collections.abc import Callable, Iterable

from tests.mutation.cases import TIMEOUT
from tests.mutation.equality import Pair
from tests.mutation.registers import Register
from tests.mutation.solver import Solver, either


def still(
    pair: Pair, registers: list[Register], known: Iterable[str], in_time: Callable[[], None]
) -> list[str]:
    """Invariants of a state ``s`` of the hardware, by induction, all bits at once.

    It is assumed that no bit ever changes, and each one that a step from such a state changes is
    given up, until there is none.

    Parameters
    ----------
    pair
        The hardware.
    registers
        Those whose bits are looked at; no memories.
    known
        Invariants that are known already.
    in_time
        Raises an error when there is no more time.

    Raises
    ------
    ToolError
        There is no answer.
    """
    mine, my_next = pair.named(0, "is ")
    following = dict(zip(pair.registers, my_next, strict=True))
    value: dict[str, int] = {}
    mask = {of.name: (1 << of.bits) - 1 for of in registers}

    def stays(register: Register, term: str) -> str:
        name, bits = register.name, register.bits
        kept = f"#b{mask[name]:0{bits}b}"
        return f"(= (bvand {term} {kept}) #b{value[name] & mask[name]:0{bits}b})"

    with Solver(pair.declared, mine, models=True, timeout=TIMEOUT) as solver:
        solver.states("s")
        solver.tell(*(f"(assert {one})" for one in known))
        for kind in ("now", "then"):
            for index, of in enumerate(registers):
                term = f"(|{of.name}| s)" if kind == "now" else following[of.name]
                solver.tell(f"(declare-fun {kind}{index} () (_ BitVec {of.bits}))")
                solver.tell(f"(assert (= {kind}{index} {term}))")
        for kind in ("now", "then"):
            names = [f"{kind}{index}" for index, _ in enumerate(registers)]
            while registers:
                in_time()
                conditions = ["(|is top_i| s)"]
                if kind == "then":
                    conditions = [stays(of, f"now{i}") for i, of in enumerate(registers)]
                if value:
                    pairs = zip(registers, names, strict=True)
                    conditions.append(either([f"(not {stays(*of)})" for of in pairs]))
                found = solver.values(names, *conditions)
                if found is None:
                    break
                for of, text in zip(registers, found, strict=True):
                    number = int(text.replace("#", "0"), 0)
                    mask[of.name] &= ~(number ^ value.setdefault(of.name, number))
    return [stays(of, f"(|{of.name}| s)") for of in registers if mask[of.name]]
