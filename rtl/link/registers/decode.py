"""The registers that steer the chip: what is written to them is kept or handed on."""

from amaranth import Module, Value
from amaranth.lib import data

from sluice.rtl.link.signature import Setting
from sluice.rtl.protocol.registers import Number

#: What steers the chip after reset; whatever is not mentioned is zero.
RESET = {"version_mask": 0xFFFF, "hit_mask": 0xFFFFFFFF, "last_address": 0xFF}


def steering(
    m: Module, written: Value, number: Value, value: Value, control: data.View, setting: data.View
) -> None:
    """Change `control`, and tell `setting`, when a register is written.

    Parameters
    ----------
    m
        Where the statements go.
    written
        In this clock the register `number` is given the 32 bits of `value`.
    control
        A :class:`~.signature.Control`, in registers.
    setting
        A :class:`~.signature.SettingWord`, in the same clock.
    """
    # One condition for each register, which becomes its flip-flops' enable.
    for register, assignments in (
        (Number.NONCE_OFFSET, control.nonce_offset.eq(value)),
        (Number.HASH_COUNTING_NUMBER, control.running.eq(value.any())),
        (Number.TICKET_MASK, control.ticket_mask.eq(value)),
        (Number.MISC_CONTROL, control.reporting.eq(value[28:].any())),
        (
            Number.VERSION_ROLLING,
            [control.rolling.eq(value[31]), control.version_mask.eq(value)],
        ),
        (Number.HIT_MASK, control.hit_mask.eq(value)),
        (Number.FIRST_VERSION, control.first_version.eq(value)),
        (Number.NONCE_SPAN, control.span.eq(value)),
    ):
        with m.If(written & (number == register)):
            m.d.sync += assignments
    m.d.comb += setting.data.eq(value)
    for which in Setting:
        with m.If(written & (number == Number[which.name])):
            m.d.comb += [setting.valid.eq(1), setting.setting.eq(which)]
