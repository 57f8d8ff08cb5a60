"""The registers that steer the chip: what is written to them is kept or handed on."""

from amaranth import Module, Value
from amaranth.lib import data

from sluice.rtl.interface import Parameter
from sluice.rtl.protocol.registers import Number, field_of


def decode(
    m: Module, written: Value, number: Value, value: Value, control: data.View, parameter: data.View
) -> None:
    """Change `control`, and tell `parameter`, when a register is written.

    Parameters
    ----------
    m
        Where the statements go.
    written
        In this cycle the register `number` is given the 32 bits of `value`.
    control
        A :class:`~sluice.rtl.interface.ChipControl`, in registers.
    parameter
        A :class:`~sluice.rtl.interface.ParameterWrite`, in the same cycle.
    """
    # One condition for each register, which becomes its flip-flops' enable.
    for register, name in (
        (Number.HASH_COUNTING_NUMBER, "running"),
        (Number.MISC_CONTROL, "reporting"),
        (Number.VERSION_ROLLING, "rolling"),
    ):
        asked = value[field_of(register, name).bits]
        with m.If(written & (number == register)):
            m.d.sync += control[name].eq(asked.any() if len(asked) > 1 else asked)
    m.d.comb += parameter.data.eq(value)
    for which in Parameter:
        with m.If(written & (number == Number[which.name])):
            m.d.comb += [parameter.valid.eq(1), parameter.parameter.eq(which)]
