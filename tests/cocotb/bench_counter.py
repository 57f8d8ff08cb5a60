import os
import random

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import RisingEdge


async def start(dut):
    dut.rst.value = 0
    dut.enable.value = 0
    Clock(dut.clk, 10, unit="ns").start()
    await RisingEdge(dut.clk)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def counts(dut):
    await start(dut)
    expected = 0
    for _ in range(100):
        enable = random.getrandbits(1)
        dut.enable.value = enable
        await RisingEdge(dut.clk)
        expected += enable
        await RisingEdge(dut.clk) if not enable else None
        dut.enable.value = 0
        await RisingEdge(dut.clk)
        assert dut.count.value.to_unsigned() == expected


@cocotb.test(timeout_time=100, timeout_unit="us")
async def told(dut):
    await start(dut)
    assert os.environ["EXPECTED"] == "yes"
