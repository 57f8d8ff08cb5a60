"""A chain changes its rate, one chip after the other, and no frame is lost on the way."""

import cocotb
from bench_baud import FAST, bit
from bench_chain import ADDRESSES, CHIPS, Chain
from line import reset

from sluice.rtl.protocol.commands import ChainInactive, ReadRegister, SetAddress, WriteRegister
from sluice.rtl.protocol.registers import Number, baud_rate
from sluice.rtl.protocol.responses import RegisterResponse


@cocotb.test(timeout_time=20, timeout_unit="ms")
async def change(dut):
    chain = Chain(dut)
    slow = bit(baud_rate(0x1A))
    chain.host.bit = chain.sink.bit = chain.far.bit = chain.end.bit = slow
    await reset(dut)
    await chain.tell(WriteRegister(Number.VERSION_ROLLING, 0x9000FFFF), ChainInactive())
    await chain.tell(*map(SetAddress, ADDRESSES))
    await chain.tell(WriteRegister(Number.UART_BAUD, 0x11300200))
    chain.host.bit = chain.sink.bit = FAST
    # Long before the last chip has heard of it.
    await chain.tell(WriteRegister(Number.TICKET_MASK, 0xF0), ReadRegister(Number.TICKET_MASK))
    expected = [
        bytes(RegisterResponse(value=0xF0, address=address, register=Number.TICKET_MASK))
        for address in ADDRESSES
    ]
    frames = await chain.sink.frames(CHIPS, patience=6000)
    assert frames == expected
    assert [told[Number.TICKET_MASK] for told in chain.parameters] == [0xF0] * CHIPS
    await chain.sink.silence(500)
