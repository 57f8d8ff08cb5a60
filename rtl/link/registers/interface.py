"""The ports of the register file."""

from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from sluice.rtl.interface import ChipControl, Increment, ParameterWrite, Result, Status
from sluice.rtl.link.config import RESET_DIVIDER
from sluice.rtl.link.interface import FrameWrite
from sluice.rtl.link.receiver import Opcode
from sluice.rtl.link.registers.counters import EVENTS


class RegisterPorts(wiring.Signature):
    """What goes in and out of :class:`~.file.RegisterFile`.

    Parameters
    ----------
    compact
        Whether the link is.

    Members
    -------
    command, opcode
        A good command has been received.
    look, peek, value
        Its words, see :class:`~.jobs.JobBuffer`, or :class:`~.bytejobs.ByteJobBuffer` if the link
        is compact.
    events
        One bit for each of :data:`~.counting.EVENTS`, up for a cycle. That of dropped answers is
        our own.
    behind
        A good response has come from the next chip. Up for a cycle.
    waiting
        The next set-address command is for this chip.
    control, status
        Registers to and from the chip.
    parameter
        A register that steers the chip changes.
    increments
        To be added to registers.
    counting
        The last event of its kind has not been counted yet.
    results
        Nonces to report. They are taken and forgotten while reporting is off.
    hold
        Report no nonces now.
    room
        The queue takes an answer.
    spare
        The queue takes a nonce and would still take six answers.
    frames
        What to send.
    divider
        Of the baud rate that was asked for last, if the link clock has it.
    divider_changed
        It is being set. Up for a cycle.
    ready
        Reset is over.
    """

    def __init__(self, compact: bool) -> None:
        super().__init__(
            {
                "command": In(1),
                "opcode": In(Opcode),
                "look": Out(1),
                "peek": Out(3 if compact else 1),
                "value": In(32),
                "events": In(len(EVENTS)),
                "behind": In(1),
                "waiting": Out(1),
                "control": Out(ChipControl, init={"last": 0xFFFF}),
                "status": In(Status),
                "parameter": Out(ParameterWrite),
                "increments": In(stream.Signature(Increment)),
                "counting": Out(1),
                "results": In(stream.Signature(Result)),
                "hold": In(1),
                "room": In(1),
                "spare": In(1),
                "frames": Out(FrameWrite),
                "divider": Out(8, init=RESET_DIVIDER),
                "divider_changed": Out(1),
                "ready": Out(1),
            }
        )
