"""What is hashed next: versions, ranges of nonces, and the judgement of hits, in the model."""

import random

import pytest
from Crypto.Hash import SHA256

from sluice.rtl.control.isa import Condition, Event
from sluice.rtl.control.memory_map import BANK_HIT_MASK, Variable
from sluice.rtl.control.model import ProcessorModel
from sluice.rtl.core.interface import Control
from sluice.rtl.protocol.header import Header
from sluice.rtl.protocol.versions import spread, version_count
from sluice.sim.catalogue import blocks
from sluice.sim.reference import leading_zeros

from .world import ROLLING, give, programs, ready, rolled_place, some_header

#: Few, for they do not matter here.
ROUNDS = 18


def batches(processor: ProcessorModel) -> int:
    return processor.events.count(Event.BATCH)


def rolled(processor: ProcessorModel) -> list[int]:
    """Rolled bits of the lanes of the last batch; bit 31 of those that repeat others."""
    layout = processor.microcode.layout
    entry = processor.memory[layout.variable(Variable.TAG).address] % layout.batches
    place = layout.rolled().address + entry
    return [processor.memory[place + 128 * lane] for lane in range(layout.lanes)]


@pytest.mark.parametrize(("lanes", "compact"), [(1, False), (4, False), (4, True)])
def test_versions(lanes: int, compact: bool, rng: random.Random) -> None:
    """From any first version on, lowest bit first, until there are no more."""
    made = programs(lanes, ROUNDS, compact=compact)
    for mask in [0, 1, 0x8000, 0xFFFF, 0x07FF, *(rng.getrandbits(16) for _ in range(8))]:
        count = version_count(mask)
        for first in {0, 1, count - 1, count, max(0, count - 6), rng.randrange(1 << 16)}:
            noise = rng.getrandbits(15) << 16
            processor = ready(
                made,
                version_rolling=ROLLING | noise | mask,
                first_version=noise | first & 0xFFFF,
                nonce_span=5,
            )
            give(processor, 1, some_header(rng).with_w19(0))
            if first & 0xFFFF >= count:
                assert batches(processor) == 0
                assert processor.sent == [(None, Control.STOP, 0)]
                continue
            processor.conditions.add(Condition.SETTLED)
            first &= 0xFFFF
            for round_ in range(3):
                due = [first + lanes * round_ + lane for lane in range(lanes)]
                if due[0] >= count:
                    assert batches(processor) == round_
                    break
                assert batches(processor) == round_ + 1
                for number, word in zip(due, rolled(processor), strict=True):
                    over = number >= count
                    assert word >> 31 == over
                    assert over or word == rolled_place(spread(number, mask))
                processor.run("rest")


def test_no_rolling(rng: random.Random) -> None:
    """There is one version, whatever the mask."""
    processor = ready(programs(rounds=ROUNDS), version_rolling=0xFFFF, nonce_span=5)
    give(processor, 1, some_header(rng).with_w19(0))
    assert rolled(processor) == [0]
    processor.conditions.add(Condition.SETTLED)
    for _ in range(3):
        processor.run("rest")
    assert batches(processor) == 1


def ranges(cores: int, chips: tuple[int, int], first: int, span: int) -> list[dict]:
    """For each round, the range of each core that has one: the first to last nonce."""
    rounds = []
    tops = 128 // cores
    for segment in range(tops):
        round_ = {}
        for core in range(cores):
            top = (core * tops + segment) << 25
            low = max(top | chips[0] << 17, first)
            high = top | chips[1] << 17 | 0x1FFFF
            if low <= high:
                round_[core] = (low, min(high, low + span - 1) if span else high)
        if round_:
            rounds.append(round_)
            if span:
                break
    return rounds


@pytest.mark.parametrize(
    ("cores", "compact"), [(1, False), (2, False), (16, False), (128, False), (1, True), (4, True)]
)
@pytest.mark.parametrize("span", [0, 1, 1000, 0xFFFFFFFF])
def test_ranges(cores: int, compact: bool, span: int, rng: random.Random) -> None:
    """The nonces of two versions, core for core, and how they are started."""
    made = programs(1, ROUNDS, cores, compact=compact)
    for _ in range(10):
        chips = tuple(sorted(rng.choices([0, 0x55, 0xAA, 0xFF, rng.getrandbits(8)], k=2)))
        first = rng.choice([0, 0xFFFFFFFF, rng.getrandbits(32), rng.getrandbits(32)])
        processor = ready(made, version_rolling=ROLLING | 1, nonce_span=span)
        processor.chips = chips
        processor.conditions.add(Condition.SETTLED)
        due = ranges(cores, chips, first, span)
        give(processor, 1, some_header(rng).with_w19(first))
        for version in (0, 1):
            for number, round_ in enumerate(due):
                at_once = version == 0 and number == 0
                sent = [word for word in processor.sent if word[0] is not None]
                expected = []
                for core in range(cores):
                    if core in round_:
                        low, high = round_[core]
                        how = Control.TAG if at_once else Control.NEXT
                        expected += [
                            (core, Control.FIRST, low),
                            (core, Control.LAST, high),
                            (core, how, version + 1),
                        ]
                    elif at_once:
                        expected.append((core, Control.STOP, 0))
                # Rounds without a range for anyone go by, and stop the cores once more at most.
                assert [word for word in sent if word[1] != Control.STOP] == [
                    word for word in expected if word[1] != Control.STOP
                ]
                assert set(sent) >= set(expected)
                assert at_once or sent == expected
                processor.sent.clear()
                processor.run("rest")
        assert batches(processor) == (2 if due else 1)
        assert not due or not processor.sent


def test_stopped(rng: random.Random) -> None:
    """All cores stop once; a job that comes then waits; what has been begun is forgotten."""
    processor = ready(programs(rounds=ROUNDS))
    give(processor, 1, some_header(rng))
    processor.sent.clear()
    processor.conditions = {Condition.SETTLED}
    for _ in range(3):
        processor.run("rest")
    assert processor.sent == [(None, Control.STOP, 0)]
    processor.conditions.add(Condition.RUNNING)
    processor.run("rest")
    assert batches(processor) == 1
    processor.conditions.clear()
    give(processor, 2, some_header(rng))
    assert batches(processor) == 1
    processor.conditions.add(Condition.RUNNING)
    processor.run("rest")
    assert batches(processor) == 2


@pytest.mark.parametrize("ticket", [0, 0xE0, 0xFF, 0x80FF, 0xC0FF, 0xFFFFFFFF])
def test_judge(ticket: int, rng: random.Random) -> None:
    """Real blocks, headers that miss, and hashes that are zero throughout."""
    headers = [block.header for block in blocks()]
    headers += [Header.from_bytes(rng.randbytes(80)) for _ in range(8)]

    def digest(header: Header) -> list[int]:
        data = SHA256.new(SHA256.new(bytes(header)).digest()).digest()
        return [int.from_bytes(data[i : i + 4], "big") for i in range(0, 32, 4)]

    cases = [(digest(header), leading_zeros(header)) for header in headers]
    # H0 comes last in the hash that people read, its lowest byte first.
    cases += [([0] * 8, 256), ([1, *[0] * 7], 224 + 7), ([0x80, *[0] * 7], 224)]
    made = programs(rounds=ROUNDS)
    layout = made.layout
    for words, zeros in cases:
        mask = rng.choice([0xFFFFFFFF, 0, 1, 0x80000000])
        processor = ready(made, hit_mask=mask, ticket_mask=ticket)
        give(processor, 0x5A, some_header(rng))
        processor.memory[layout.result : layout.result + 8] = words[::-1]
        processor.index = processor.memory[layout.variable(Variable.CURRENT).address]
        assert processor.memory[processor.index + BANK_HIT_MASK] == mask
        processor.events.clear()
        processor.hits.append((7, 1, 1))
        processor.pc = made.labels["judge"]
        processor.run("rest")
        wrong = bool(words[7] & mask)
        good = not wrong and not words[6] & ticket
        excess = min(255, max(0, zeros - 32 - ticket.bit_count()))
        assert processor.reported == ([(7, 0x5A, 0, excess)] if good else [])
        assert (Event.ERROR in processor.events) == wrong
        assert processor.events[-1] == Event.DONE
