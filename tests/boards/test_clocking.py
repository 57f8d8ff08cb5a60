"""The clock is taken from what was reached, and set after place and route."""

from collections.abc import Iterable

import pytest
from amaranth.hdl import Module, Signal

from sluice.boards.board import Board
from sluice.boards.catalogue import BOARDS
from sluice.boards.fabric.pll import nearest
from sluice.boards.family.ecp5_config import ConfigurationError, configured, pll_words
from sluice.boards.flow import build
from sluice.boards.flow.clocking import chosen, holds_at, jitter
from sluice.boards.flow.crossings import crossings
from sluice.boards.flow.options import ToolOptions
from sluice.boards.flow.plan import Plan, elaborate, placing, settings, top
from sluice.boards.flow.progress import Silent
from sluice.rtl.chip import ARRIVAL

from .link_only import LinkOnly, bitstream_of, configured_of, plan_of, routed_of

#: Parts of an iCE40's textual configuration that stand for what is in a place.
Parts = dict[str, str]


def parts(text: str) -> Parts:
    """Sections of a textual configuration, whatever their order, by their first lines."""
    found: Parts = {}
    for section in ("\n" + text).split("\n.")[1:]:
        head, _, rest = section.partition("\n")
        found[head] = rest
    return found


def differing(first: str, second: str) -> set[tuple[str, int, int]]:
    """Where two configurations differ: section, line, column."""
    one, other = parts(first), parts(second)
    assert one.keys() == other.keys()
    found = set()
    for name, text in one.items():
        lines = text.splitlines(), other[name].splitlines()
        assert len(lines[0]) == len(lines[1])
        for row, pair in enumerate(zip(*lines, strict=True)):
            if pair[0] != pair[1]:
                assert len(pair[0]) == len(pair[1])
                places = enumerate(zip(*pair, strict=True))
                found |= {(name, row, column) for column, (a, b) in places if a != b}
    return found


def texts(board: Board, frequencies: Iterable[float]) -> list[str]:
    every = settings(board)
    return [
        (configured_of(board, nearest(every, hertz)).folder / board.family.config).read_text()
        for hertz in frequencies
    ]


def streams(board: Board, frequencies: Iterable[float]) -> set[bytes]:
    """Bitstreams that differ."""
    every = settings(board)
    return {bitstream_of(board, nearest(every, hertz)).read_bytes() for hertz in frequencies}


def test_three_clocks_of_an_ecp5_from_one_place_and_route() -> None:
    """The configurations differ in words of the PLL, the bitstreams differ, and nothing else."""
    board = BOARDS["ulx3s-12f"]
    clocks = (96e6, 113e6, 127e6)
    placed = (routed_of(board).folder / board.family.config).read_text()
    made = [placed, *texts(board, clocks)]
    places = set().union(*(differing(placed, text) for text in made[1:]))
    assert places
    assert {name.split()[0] for name, _, _ in places} == {"tile_group"}
    (group,) = {name for name, _, _ in places}
    assert "PLL0_LL" in group
    lines = parts(placed)[group].splitlines()
    words = {lines[row].split()[1] for _, row, _ in places}
    assert words <= set(pll_words(placed))
    assert {"CLKOS_DIV", "CLKOP_DIV", "ICP_CURRENT"} <= words
    for text, hertz in zip(made[1:], clocks, strict=True):
        wanted = nearest(settings(board), hertz)
        assert pll_words(text)["CLKOP_DIV"] == wanted.dividers["CLKOP_DIV"] - 1
        assert pll_words(text)["LPF_RESISTOR"] == wanted.loop_filter["LPF_RESISTOR"]
    streams = {
        bitstream_of(board, nearest(settings(board), hertz)).read_bytes() for hertz in clocks
    }
    assert len(streams) == 3


def icepack_bits(board: Board) -> set[tuple[str, int, int]]:
    """All bits of a PLL's parameters: where zeros and ones differ, as nextpnr writes them."""
    every = settings(board)[0]
    sizes = {"DIVR": 4, "DIVF": 7, "DIVQ": 3, "FILTER_RANGE": 3}
    ends = []
    for filled in (False, True):
        dividers = {name: (1 << bits) - 1 if filled else 0 for name, bits in sizes.items()}
        setting = type(every)(**{**vars(every), "dividers": dividers})
        ends.append((configured_of(board, setting).folder / board.family.config).read_text())
    return differing(*ends)


def test_three_clocks_of_an_ice40_from_one_place_and_route() -> None:
    """The configurations differ in bits of the PLL's parameters alone."""
    board = BOARDS["hx8k"]
    clocks = (33.75e6, 36e6, 54e6)
    placed = (routed_of(board).folder / board.family.config).read_text()
    parameters = icepack_bits(board)
    assert len(parameters) == 4 + 7 + 3 + 3
    assert {where.split()[0] for where, _, _ in parameters} == {"io_tile"}
    made = texts(board, clocks)
    for text in made:
        assert differing(placed, text)
        assert differing(placed, text) <= parameters
    assert differing(made[0], made[1])
    streams = {
        bitstream_of(board, nearest(settings(board), hertz)).read_bytes() for hertz in clocks
    }
    assert len(streams) == 3


def test_the_netlist_knows_no_clock() -> None:
    """So neither does its digest, which is the chip's build number."""
    board = BOARDS["ulx3s-12f"]
    config = plan_of(board).config
    made = []
    for hertz in (50e6, 117e6):
        other = type(config)(**{**vars(config), "hash_clock": hertz})
        made.append(elaborate(board, top(board, other, LinkOnly(other))))
    assert made[0] == made[1]


def test_one_pll_or_none_is_set() -> None:
    setting = settings(BOARDS["ulx3s-12f"])[0]
    for text, count in (("", 0), (".tile_group A B\nenum: MODE EHXPLLL\n" * 2, 2)):
        with pytest.raises(ConfigurationError, match=f"has {count} PLLs, not 1"):
            configured(text, setting)


@pytest.mark.parametrize(
    ("name", "reached", "mhz"),
    [
        # 1 / 34.63 MHz and half of 0.05 of a period: 33.76 MHz and less.
        ("icebreaker", 34.63, 33.75),
        ("hx8k", 83.35, 81.0),
        ("tinyfpga-bx", 56.56, 55.0),
        ("colorlight-i5", 132.54, 130.0),
        ("ulx3s-25f", 115.51, 112.5),
    ],
)
def test_the_fastest_clock_that_holds(name: str, reached: float, mhz: float) -> None:
    board = BOARDS[name]
    found = chosen(board, reached, ())
    assert found.frequency == pytest.approx(mhz * 1e6)
    assert 1e9 / found.frequency - 1e3 / reached >= jitter(board, found) / 2
    faster = [one for one in settings(board) if one.frequency > found.frequency]
    holds = holds_at(board, reached, ())
    assert not any(holds(one) for one in faster)


def path(source: str, target: str, delay: float) -> dict[str, object]:
    ends = [{"cell": name} for name in ("offered", "stage0")]
    half = {"delay": delay / 2, "from": ends[0], "to": ends[1]}
    return {"from": source, "to": target, "path": [half, half]}


def report(delay: float, back: float) -> dict[str, object]:
    """nextpnr's, as far as it matters, with paths between two clocks of so many nanoseconds."""
    fast, slow = "posedge $glbnet$pll_clk", "posedge $glbnet$clk"
    clocks = {"$glbnet$pll_clk": 100.0, "$glbnet$clk": 25.0}
    return {
        "fmax": {net: {"constraint": mhz, "achieved": mhz * 1.1} for net, mhz in clocks.items()},
        "critical_paths": [
            path(fast, fast, 9.0),
            path("<async>", slow, 500.0),
            path(slow, fast, delay),
            path(fast, slow, back),
        ],
    }


def test_paths_between_clocks_have_a_bound() -> None:
    there, back = crossings(report(19.0, 79.0), "pll_clk")
    assert (there.source, there.target, back.target) == ("clk", "pll_clk", "clk")
    assert ARRIVAL == 2
    assert there.holds(10.0)
    assert not there.holds(9.0)
    assert back.holds(9.0)
    (_, late) = crossings(report(19.0, 81.0), "pll_clk")
    assert not late.holds(10.0)
    assert late.complaint(10.0) == (
        "a path from pll_clk to clk takes 81.00 ns and may take 80.00 ns, 2 periods of clk: "
        "offered to stage0"
    )


class SlowCrossing(LinkOnly):
    """With a path of many sums from the link's clock to the cores'."""

    def hash(self, m: Module) -> Signal:
        held, slow = Signal(32), Signal(32)
        m.d.sync += held.eq(held.rotate_left(1) ^ self.rx)
        word = held
        for turn in range(1, 25):
            # No tree of sums comes of it.
            word = (word + held.rotate_left(turn))[:32] ^ held.rotate_left(turn + 1)
        m.d.hash += slow.eq(word ^ super().hash(m))
        return slow


def test_a_path_between_clocks_that_is_too_long_fails_the_build(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    board = BOARDS["hx8k"]
    config = plan_of(board).config
    made = Plan(board, config, *elaborate(board, top(board, config, SlowCrossing(config))))
    monkeypatch.setattr(build, "make_plan", lambda *_: made)
    built = build.build(board, config, ToolOptions(), Silent(), 81e6)
    link, cores = built.figures.clocks[1], built.figures.clocks[0]
    # nextpnr has passed it: both clocks are as fast as asked.
    assert link.met
    assert cores.met
    with pytest.raises(build.TimingError) as told:
        built.check()
    assert f"a path from {link.net} to {cores.net} takes" in told.value.message
    assert f"may take {2e3 / 81:.2f} ns, 2 periods of {cores.net}" in told.value.message


def test_what_crosses_may_slow_the_clock_down() -> None:
    """A path of 19 ns into the cores' clock is there in two periods of 9.5 ns."""
    board = BOARDS["ulx3s-12f"]
    across = crossings(report(19.0, 79.0), "pll_clk")
    free, bound = chosen(board, 125.0, ()), chosen(board, 125.0, across)
    assert bound.frequency <= 2e9 / 19.0 < free.frequency
    # No clock helps a path into the other one: it is reported, and the clock is not slowed down.
    assert chosen(board, 125.0, crossings(report(1.0, 200.0), "pll_clk")) == free


def test_configured_text_is_kept() -> None:
    """What is written again with the same setting is the same text."""
    board = BOARDS["ulx3s-12f"]
    text = (routed_of(board).folder / board.family.config).read_text()
    assert configured(text, placing(board)) == text
