"""Which nonces are a chip's own, to the last one, whatever it and the others are told."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from sluice.rtl.protocol.commands import ChainInactive, SetAddress
from sluice.rtl.protocol.registers import Number

from .host import Host
from .test_small import SHAPES, make, some_job

#: The last value of bits 31:25 of a nonce: no other nonces come behind those of a slice.
TOP = 127 << 25

#: Nonces that a chip hashes of each job. All of them are hits.
SPAN = 3


@dataclass
class Place:
    """What one chip has been told: its own address and offset, and the lowest above them.

    Members
    -------
    alone
        No address has come since its own that is above it.
    behind
        There is a chip behind it.
    """

    behind: bool
    waits: bool = False
    alone: bool = False
    address: int = 0
    address_above: int = 1 << 8
    by_offset: bool = False
    offset: int = 0
    offset_above: int = 1 << 16

    @property
    def slice(self) -> tuple[int, int]:
        """Bits 24:0 of its first and of its last nonce."""
        if self.by_offset:
            return self.offset << 9, (self.offset_above << 9) - 1
        return self.address << 17, ((self.address_above if self.behind else 1 << 8) << 17) - 1

    def due(self, first: int) -> set[int]:
        """Its nonces of a job that begins there."""
        low, last = self.slice
        low = TOP | max(low, first)
        return set(range(low, min(low + SPAN, (TOP | last) + 1)))


class Told:
    """A host that deals out nonces, and what each of its chips makes of that."""

    def __init__(self, host: Host, rng: random.Random) -> None:
        self.host, self.rng = host, rng
        host.chain.set_ratio((1, 1))
        host.bring_up(0, hit_mask=0, nonce_span=SPAN)
        self.places = [Place(index + 1 < host.chain.chips) for index in range(host.chain.chips)]
        self.deal([index * (256 // len(self.places)) for index in range(len(self.places))])

    def deal(self, addresses: list[int]) -> None:
        """Addresses from anew; the first chip that waits for one takes it, and none behind it."""
        self.host.send(ChainInactive())
        for place in self.places:
            place.waits, place.address_above, place.offset_above = True, 1 << 8, 1 << 16
        for address in addresses:
            self.host.send(SetAddress(address))
            for place in self.places:
                if place.waits:
                    place.waits, place.alone, place.address = False, True, address
                    break
                if place.alone and address > place.address:
                    place.address_above, place.alone = address, False

    def write(self, value: int, address: int | None) -> None:
        """The register of offsets, of one chip, of none, or of all."""
        self.host.write(Number.NONCE_OFFSET, value, address)
        enabled, offset = bool(value >> 31), value & 0xFFFF
        for place in self.places:
            if address in (None, place.address):
                if address is None or offset >= place.offset_above:
                    place.offset_above = 1 << 16
                place.by_offset, place.offset = enabled, offset
            elif enabled and place.offset < offset < place.offset_above:
                place.offset_above = offset

    def somewhere(self) -> int:
        """Any offset, or one that is near one that a chip knows, in most cases above it."""
        rng = self.rng
        place = rng.choice(self.places)
        known = rng.choice([place.offset, place.offset, place.offset_above])
        near = known + rng.choice([-1, 0, 1, *(rng.getrandbits(rng.randrange(1, 16)),) * 3])
        return rng.choice([rng.randrange(1 << 16), near, near]) & 0xFFFF

    def tell_something(self) -> None:
        """Deal out addresses, or write an offset."""
        rng = self.rng
        if rng.random() < 0.3:
            addresses = rng.sample(range(256), len(self.places) + rng.randrange(3))
            self.deal(sorted(addresses) if rng.random() < 0.5 else addresses)
            return
        own = [place.address for place in self.places]
        absent = next(address for address in range(256) if address not in own)
        address = rng.choice([*own, absent, absent, None])
        self.write((rng.random() < 0.8) << 31 | self.somewhere(), address)

    def check(self) -> None:
        """Jobs that begin at the ends of slices, and before all of them."""
        edges = [edge for place in self.places for edge in place.slice]
        self.check_from(0, self.rng.choice(edges))

    def check_from(self, *edges: int) -> None:
        """Jobs that begin a nonce before these."""
        for edge in edges:
            first = max(0, edge - 1)
            job = some_job(self.rng, TOP | first)
            self.host.nonces.clear()
            self.host.send(job)
            self.host.wait(9_000 * len(self.places))
            found = [nonce for _, _, nonce in self.host.results({job.job_id: job})]
            due = [nonce for place in self.places for nonce in place.due(first)]
            assert sorted(found) == sorted(due), self.places


@pytest.fixture(scope="module", params=[1, 3])
def host(request: pytest.FixtureRequest) -> Iterator[Host]:
    with make(*SHAPES["one"], chips=request.param) as chain:
        yield Host(chain)


def test_slices(host: Host, rng: random.Random) -> None:
    """Whatever is dealt out, and in whatever order: each chip has its nonces and no other."""
    told = Told(host, rng)
    told.check()
    for _ in range(48 // host.chain.chips):
        told.tell_something()
        told.check()
    assert host.read(Number.NONCE_ERRORS) == [0] * host.chain.chips


@pytest.mark.parametrize("host", [3], indirect=True)
def test_each_bit_of_an_address(host: Host, rng: random.Random) -> None:
    """Addresses that pass and are next to the chip's own, at each carry: one above it is the next
    chip's, and its own once more is nobody's, and neither is one below.
    """
    told = Told(host, rng)
    for bit in range(8):
        high = rng.randrange(256) >> bit << bit
        own, low = high | 1 << bit, high & ~(1 << bit)
        for addresses in ([own, own, own - 1], [low, low | 1 << bit]):
            told.deal(addresses)
            told.check_from(told.places[0].slice[1])
