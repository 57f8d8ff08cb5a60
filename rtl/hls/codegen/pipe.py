"""Words some cycles later."""

from amaranth.hdl import Module, Signal, Value


def next_(m: Module, value: Value, width: int | None = None, *, reset_less: bool = True) -> Value:
    """A value a cycle later, of its own width or another one."""
    register = Signal(width or len(value), reset_less=reset_less)
    m.d.sync += register.eq(value)
    return register


def later(m: Module, value: Value, cycles: int, *, reset_less: bool = True) -> Value:
    """A value so many cycles later; zero after reset, unless it is not reset."""
    for _ in range(cycles):
        value = next_(m, value, reset_less=reset_less)
    return value
