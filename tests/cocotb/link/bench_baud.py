"""The change of rate, with the clock of a board."""

import cocotb
from line import PERIOD, ResultSource, Sink, Source, clock, reset

from sluice.rtl.protocol.commands import ReadRegister, WriteRegister
from sluice.rtl.protocol.models import BM1370
from sluice.rtl.protocol.registers import Number, baud_rate
from sluice.rtl.protocol.responses import NonceResponse, RegisterResponse
from tests.rtl.protocol.vectors import SEQUENCES

CLOCK = 12e6
FAST = 12 * PERIOD


def bit(rate):
    return CLOCK / rate * PERIOD


@cocotb.test(timeout_time=20, timeout_unit="ms")
async def change(dut):
    clock(dut)
    dut.rst.value = 0
    dut.status.value = 0
    dut.increments__valid.value = 0
    Source(dut.next_rx)
    slow = bit(115200)
    host, sink = Source(dut.rx, slow), Sink(dut.tx, bit(baud_rate(0x1A)))
    far = Sink(dut.next_tx, bit(baud_rate(0x1A)))
    results = ResultSource(dut)
    for _ in range(2):
        await reset(dut)
        for command in (
            WriteRegister(Number.VERSION_ROLLING, 0x9000FFFF),
            WriteRegister(Number.MISC_CONTROL, 0xF000C100),
            ReadRegister(0),
        ):
            await host.send(bytes(command))
        expected = RegisterResponse(value=0x13700000, address=0, register=0)
        assert await sink.frames(1) == [bytes(expected)]
        await host.idle(150)
        far.clear()
        # A damaged frame changes nothing.
        frame = bytes.fromhex(SEQUENCES["esp-miner bm1370"]["steps"][-2][0])
        assert frame[5] == 0x28
        await host.send(frame[:-1] + b"\x04")
        # A rate that this clock has not is stored, and nothing more.
        await host.send(bytes(WriteRegister(Number.UART_BAUD, 0x01300000)))
        # A nonce is on its way out when the rate is to change: it leaves at the old one.
        await host.send(frame[:-4])
        results.put(nonce=7, job=8, bits=0, excess=0)
        await host.send(frame[-4:])
        assert await sink.frames(1) == [
            bytes(NonceResponse.of(BM1370, w19=7, job_id=8, bits=0, excess=0))
        ]
        await host.idle(1)
        host.bit, sink.bit = FAST, FAST
        # The host goes on at once, while the next chip is still being told at the old rate.
        await host.send(bytes(ReadRegister(Number.UART_BAUD)))
        expected = RegisterResponse(value=0x11300200, address=0, register=0x28)
        assert await sink.frames(1) == [bytes(expected)]
        old = [bytes(WriteRegister(Number.UART_BAUD, 0x01300000)), frame]
        assert await far.frames(1) == [old[0]]
        assert await far.frames(1) == [frame]
        far.bit = FAST
        await host.idle(3000)
        far.clear()
        # At exactly 1 Mbaud, frames without a pause.
        polls = [bytes(ReadRegister(0)) for _ in range(6)]
        for poll in polls:
            await host.send(poll)
        expected = RegisterResponse(value=0x13700000, address=0, register=0)
        assert await sink.frames(6) == [bytes(expected)] * 6
        assert await far.frames(6, 7) == polls
        # 1.0417 Mbaud, the chips' own notion of it, is within reach.
        await host.send(polls[0], bit=bit(25e6 / 24))
        assert await sink.frames(1) == [bytes(expected)]
        # Reset brings the old rate back.
        await host.idle(300)
        far.clear()
        host.bit, sink.bit, far.bit = slow, bit(baud_rate(0x1A)), bit(baud_rate(0x1A))
