"""Registers of a compact chip and their places."""

import pytest
from amaranth import Module, Signal
from amaranth.sim import Simulator

from sluice.rtl.link.registers.compact import has_place, place
from sluice.rtl.protocol.registers import BY_NUMBER, Number

DOMAINS = range(Number.DOMAIN_0, Number.DOMAIN_3 + 1)


@pytest.fixture(scope="module")
def places() -> list[tuple[bool, int]]:
    """For each number, whether it has a place, and which place."""
    m = Module()
    number, of_domain, has, where = Signal(8), Signal(), Signal(), Signal(7)
    m.d.comb += [has.eq(has_place(number)), where.eq(place(number, has, of_domain))]
    found = []

    async def bench(ctx):
        for value in range(256):
            ctx.set(number, value)
            ctx.set(of_domain, value in DOMAINS)
            found.append((bool(ctx.get(has)), ctx.get(where)))

    simulator = Simulator(m)
    simulator.add_testbench(bench)
    simulator.run()
    return found


def test_places_as_documented(places):
    for number, (has, _) in enumerate(places):
        if number < 0x80:
            expected = number < 0x60 and number % 4 == 0
        elif number < 0xC0:
            expected = not number & 2 and number & 1 == number >> 4 & 1
        else:
            expected = number >= 0xE0
        assert has == expected, hex(number)


def test_each_its_own(places):
    """What has a place shares it with nothing that is, and never with what is not."""
    holders = {}
    for number, (has, where) in enumerate(places):
        if has and number not in DOMAINS:
            assert holders.setdefault(where, number) == number, hex(number)
    for number, (has, where) in enumerate(places):
        if not has and number not in DOMAINS:
            assert where not in holders, hex(number)


def test_all_that_are_known_have_places(places):
    for number in BY_NUMBER.keys() - {Number.SENSOR_RESULT}:
        assert places[number][0] or number in DOMAINS, hex(number)
    assert {places[number][1] for number in DOMAINS} == {places[Number.TOTAL_COUNT][1]}
