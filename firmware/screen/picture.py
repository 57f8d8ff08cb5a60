"""One snapshot as a picture for the whole terminal."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.layout import Layout
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from ..stats import Block, Chain, ChainState, Chip, PoolState, Sample, Snapshot
from .words import ago, clock, counts, difficulty, duration, rate, spark

__all__ = ["picture"]

STYLES = {
    ChainState.RUNNING: "green",
    ChainState.OPENING: "yellow",
    ChainState.PAUSED: "yellow",
    ChainState.FAILED: "red",
    PoolState.ACTIVE: "green",
    PoolState.STANDBY: "",
    PoolState.CONNECTING: "yellow",
    PoolState.DEAD: "red",
}

LEVELS = {"info": "", "warning": "yellow", "error": "red"}

#: Rows of a table's frame and heading; most rows that one may take.
FRAME, MOST = 4, 12

#: Rows of the part at the top.
TOP = 6


def _state(now: Snapshot) -> Text:
    if now.paused:
        return Text("paused", "bold yellow")
    if not any(chain.state is ChainState.RUNNING for chain in now.chains):
        return Text("no chips", "bold red")
    if now.active_pool is None:
        return Text("no work", "bold red")
    return Text("mining", "bold green")


def _top(now: Snapshot, history: Sequence[Sample], width: int) -> RenderableType:
    rates = now.rates.chips
    head = Text.assemble(
        ("Sluice", "bold cyan"), f" {now.version}  ", _state(now), f"  up {duration(now.uptime)}"
    )
    speed = Text.assemble(
        (rate(rates.minute_1), "bold"),
        f"   5 s {rate(rates.seconds_5)}   5 min {rate(rates.minutes_5)}"
        f"   15 min {rate(rates.minutes_15)}   average {rate(rates.average)}",
    )
    if now.rates.expected is not None:
        speed.append(f"   expected {rate(now.rates.expected)}")
    shares = Text.assemble(
        ("shares ", "dim"),
        (f"{now.accepted:,}", "bold"),
        f" accepted, {now.stale:,} stale, {now.rejected:,} rejected",
        ("   best ", "dim"),
        (difficulty(now.best_difficulty), "bold"),
        f" (ever {difficulty(now.best_difficulty_ever)})",
        ("   blocks ", "dim"),
        (f"{now.blocks_found:,}", "bold"),
        ("   results ", "dim"),
        f"{now.results:,}",
    )
    dropped = counts(dict(now.dropped))
    if dropped:
        shares.append(f", dropped: {dropped}", "dim")
    line = Text(spark([sample.chips for sample in history], width - 4), "cyan")
    for text in (head, speed, shares, line):
        text.no_wrap, text.overflow = True, "ellipsis"
    return Panel(Group(head, speed, shares, line))


def _table(*columns: str, numbers: int, elastic: dict[str, int]) -> Table:
    """With `numbers` at its right; the `elastic` columns share what the others leave."""
    table = Table(expand=True, box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for index, name in enumerate(columns):
        right = index >= len(columns) - numbers
        table.add_column(
            name,
            justify="right" if right else "left",
            no_wrap=True,
            overflow="ellipsis",
            ratio=elastic.get(name),
        )
    return table


def _pools(now: Snapshot) -> Table:
    columns = ("pool", "state", "difficulty", "accepted", "stale", "rejected", "answer", "share")
    table = _table(*columns, numbers=6, elastic={"pool": 2, "state": 1})
    for pool in now.pools:
        seconds = pool.counts.responses.last
        state = Text(pool.state.value, STYLES[pool.state])
        if pool.error:
            state.append(f" {pool.error}", "red")
        table.add_row(
            Text(f"{pool.url} {pool.user}", overflow="ellipsis"),
            state,
            difficulty(pool.difficulty),
            f"{pool.counts.accepted:,}",
            f"{pool.counts.stale:,}",
            f"{pool.counts.rejected_total:,}",
            "-" if seconds is None else f"{seconds * 1000:.0f} ms",
            ago(pool.counts.last_share_at, now.at),
        )
    return table


def _chip(
    name: Text, state: Text, holder: Chain | Chip, chips: Sequence[Chip], at: float
) -> tuple[Text | str, ...]:
    errors = sum(chip.dropped.get("bad-hash", 0) + chip.nonce_errors for chip in chips)
    last = max((chip.last_result_at or 0 for chip in chips), default=0)
    return (
        name,
        state,
        rate(holder.rates.chips.minute_1),
        rate(holder.rates.results.minute_1),
        f"{sum(chip.results for chip in chips):,}",
        Text(f"{errors:,}", "red" if errors else ""),
        ago(last or None, at),
    )


def _chips(now: Snapshot) -> Table:
    columns = ("chip", "state", "by counter", "by results", "results", "errors", "last result")
    table = _table(*columns, numbers=5, elastic={"chip": 2, "state": 2})
    for chain in now.chains:
        state = Text(chain.state.value, STYLES[chain.state])
        if chain.error:
            state.append(f" {chain.error}", "red")
        name = Text(chain.path)
        if chain.chips:
            name.append(f" {len(chain.chips)} x {chain.model}", "dim")
        table.add_row(*_chip(name, state, chain, chain.chips, now.at))
        for chip in chain.chips if len(chain.chips) > 1 else ():
            table.add_row(*_chip(Text(f"  {chip.index}"), Text(), chip, [chip], now.at))
    return table


def _verdict(block: Block) -> Text:
    if block.accepted is None:
        return Text("waiting", "yellow")
    if block.accepted:
        return Text("accepted", "green")
    return Text(f"refused {block.reason}".rstrip(), "red")


def _blocks(now: Snapshot, rows: int) -> Table:
    table = _table("found", "height", "version", "verdict", "hash", numbers=0, elastic={"hash": 1})
    for block in list(now.blocks)[-rows:][::-1]:
        height = "-" if block.height is None else str(block.height)
        name = Text(block.hash, overflow="ellipsis")
        version = f"{block.version:08x}"
        table.add_row(clock(block.found_at), height, version, _verdict(block), name)
    return table


def _events(now: Snapshot, rows: int) -> Table:
    table = _table("at", "event", numbers=0, elastic={"event": 1})
    for event in list(now.events)[-rows:][::-1]:
        text = Text(event.text, LEVELS.get(event.level, ""), overflow="ellipsis")
        table.add_row(clock(event.at), text)
    return table


def picture(now: Snapshot, history: Sequence[Sample], width: int, height: int) -> RenderableType:
    """All there is to see, in `width` columns and `height` rows.

    Words from pools and ports are text: nothing in them is taken for markup.
    """
    pools, chips = _pools(now), _chips(now)
    whole = Layout()
    pool_rows = min(MOST, pools.row_count) + FRAME - 1
    chip_rows = min(MOST, chips.row_count) + FRAME - 1
    rest = max(3, height - TOP - pool_rows - chip_rows)
    whole.split_column(
        Layout(_top(now, history, width), size=TOP),
        Layout(Panel(pools, title="pools", title_align="left"), size=pool_rows),
        Layout(Panel(chips, title="chips", title_align="left"), size=chip_rows),
        Layout(name="rest", minimum_size=3),
    )
    whole["rest"].split_row(
        Layout(Panel(_blocks(now, rest), title="blocks", title_align="left")),
        Layout(Panel(_events(now, rest), title="events", title_align="left")),
    )
    return whole
