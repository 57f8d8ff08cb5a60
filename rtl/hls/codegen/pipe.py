"""Words some clocks later."""

from amaranth.hdl import Module, Signal, Value


def next_(m: Module, value: Value, width: int | None = None, *, reset_less: bool = True) -> Value:
    """A value a clock later, of its own width or another one."""
    register = Signal(width or len(value), reset_less=reset_less)
    m.d.sync += register.eq(value)
    return register


def later(m: Module, value: Value, clocks: int, *, reset_less: bool = True) -> Value:
    """A value so many clocks later; zero after reset, unless it is not reset."""
    for _ in range(clocks):
        value = next_(m, value, reset_less=reset_less)
    return value
