#!/bin/sh
# A member of an IntFlag that has several bits, compared with a signal of Amaranth.
#
# Run: amaranth 0.5.10 on Python 3.11 or newer; a Signal(7) is compared with members of an IntFlag
# with X = 1 and JOB = 4 | X, and simulated with the value 1.
#
# Guessed: an IntFlag is an int, so `signal == Latch.JOB` compares with 5.
#
# Seen: it compares with 1. The width of the constant is that of the members that Python iterates
# over, and those are the ones of a single bit that have a name (X: one bit wide); the 5 is cut to it
# without a warning. `signal == int(Latch.JOB)` compares with 5.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check amaranth==0.5.10
"$folder/venv/bin/python" - <<'PY'
from enum import IntFlag

from amaranth.hdl import Module, Signal, Value
from amaranth.sim import Simulator


class Latch(IntFlag):
    X = 1
    JOB = 4 | X


m, select = Module(), Signal(7)
member, number = Signal(), Signal()
m.d.comb += [member.eq(select == Latch.JOB), number.eq(select == int(Latch.JOB))]
seen = []


async def look(ctx):
    for value in (1, 5):
        ctx.set(select, value)
        await ctx.delay(1e-6)
        seen.append((value, ctx.get(member), ctx.get(number)))


simulator = Simulator(m)
simulator.add_testbench(look)
simulator.run()
print(f"int(Latch.JOB) is {int(Latch.JOB)}; its constant: {Value.cast(Latch.JOB)!r}")
for value, by_member, by_number in seen:
    print(f"select = {value}: == Latch.JOB is {by_member}, == int(Latch.JOB) is {by_number}")
raise SystemExit(seen != [(1, 1, 0), (5, 0, 1)])
PY
