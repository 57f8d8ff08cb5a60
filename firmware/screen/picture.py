"""One snapshot as a picture for the whole terminal."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.text import Text

from ..stats import Chain, ChainState, Chip, MinerState, Pool, PoolState, Sample, Snapshot
from ..ways import PAGE, Way
from .flow import columns, cut, flow, paragraph, title
from .words import ago, amount, clock, counts, difficulty, duration, plain, rate, spark

__all__ = ["View", "picture"]

STYLES: dict[str, str] = {
    ChainState.RUNNING: "green",
    ChainState.OPENING: "yellow",
    ChainState.PAUSED: "yellow",
    ChainState.FAILED: "red",
    PoolState.ACTIVE: "green",
    PoolState.STANDBY: "",
    PoolState.CONNECTING: "yellow",
    PoolState.DEAD: "red",
    MinerState.MINING: "bold green",
    MinerState.PAUSED: "bold yellow",
    MinerState.NO_CHIPS: "bold red",
    MinerState.NO_WORK: "bold red",
}

LEVELS = {"info": "", "warning": "yellow", "error": "red"}

#: Rows that events have at least, the title among them, where there is room.
EVENTS = 4

#: Kinds of unusable messages that are told apart.
KINDS = 3

#: Keys, and what they do.
KEYS = {"q": "quit", "p": "pause or go on", "?": "help"}


@dataclass(frozen=True, kw_only=True)
class View:
    """What is shown besides the snapshot.

    Attributes
    ----------
    ways
        Where else there is something to see.
    keys
        Whether somebody listens to keys.
    asked
        Whether help was asked for.
    """

    ways: Sequence[Way] = ()
    keys: bool = False
    asked: bool = False

    @property
    def page(self) -> str:
        """Address of the web page; empty if there is none."""
        return next((way.address for way in self.ways if way.name == PAGE), "")


def _labelled(name: str, value: str, style: str = "") -> Text:
    return Text.assemble((f"{name} ", "dim"), (value, style))


def _head(now: Snapshot, view: View, width: int) -> list[Text]:
    left = Text.assemble(
        ("Sluice", "bold cyan"),
        f" {now.version}  ",
        (now.state.value, STYLES[now.state]),
        f"  up {duration(now.uptime)}",
    )
    page = Text(view.page, "cyan")
    space = width - left.cell_len - page.cell_len
    if page and space >= 2:
        return [left.append(" " * space).append_text(page)]
    return flow([left, page] if page else [left], width, indent=0)


def _rates(now: Snapshot, width: int) -> list[Text]:
    rates = now.rates.chips
    parts = [
        Text(rate(rates.minute_1), "bold"),
        _labelled("5 s", rate(rates.seconds_5)),
        _labelled("5 min", rate(rates.minutes_5)),
        _labelled("15 min", rate(rates.minutes_15)),
        _labelled("average", rate(rates.average)),
    ]
    if now.rates.expected:
        parts.append(_labelled("expected", rate(now.rates.expected)))
    return flow(parts, width)


def _shares(now: Snapshot, width: int) -> list[Text]:
    parts = [
        Text.assemble((f"{now.accepted:,}", "bold"), " accepted"),
        Text(f"{now.stale:,} stale"),
        Text(f"{now.rejected:,} rejected", "yellow" if now.rejected else ""),
        _labelled("best", difficulty(now.best_difficulty), "bold"),
        _labelled("ever", difficulty(now.best_difficulty_ever)),
        Text(amount(now.blocks_found, "block"), "bold" if now.blocks_found else ""),
        Text(amount(now.results, "result")),
    ]
    if dropped := counts(dict(now.dropped)):
        parts += [Text(f"{part} dropped", "dim") for part in dropped.split(", ")]
    return flow(parts, width)


def _top(now: Snapshot, history: Sequence[Sample], view: View, width: int) -> list[Text]:
    line = Text(spark([sample.chips for sample in history], width), "cyan")
    return [*_head(now, view, width), *_rates(now, width), *_shares(now, width), line]


def _state(state: ChainState | PoolState) -> Text:
    return Text(state.value, STYLES[state])


def _with_reason(parts: list[Text], reason: str, width: int) -> list[Text]:
    """What is wrong comes last: whole in the line if there is room, and wrapped if not."""
    lines = flow(parts, width)
    if not reason:
        return lines
    if len(extended := flow([*parts, Text(plain(reason), "red")], width)) == len(lines):
        return extended
    return lines + paragraph(plain(reason), width, style="red")


def _pool(pool: Pool, now: Snapshot, width: int) -> list[Text]:
    count, seconds = pool.counts, pool.counts.responses.last
    names = [Text(plain(name), "bold") for name in (pool.url, pool.user) if name]
    parts = [*names, _state(pool.state)]
    if pool.difficulty is not None:
        parts.append(_labelled("difficulty", difficulty(pool.difficulty)))
    if count.connections:
        refused = count.rejected_total
        parts += [
            Text(f"{count.accepted:,} accepted"),
            Text(f"{count.stale:,} stale"),
            Text(f"{refused:,} rejected", "yellow" if refused else ""),
        ]
    if seconds is not None:
        parts.append(_labelled("answers in", f"{seconds * 1000:.0f} ms"))
    if count.last_share_at is not None:
        parts.append(_labelled("share", ago(count.last_share_at, now.at)))
    if count.failures:
        parts.append(Text(amount(count.failures, "failure"), "dim"))
    parts += [
        Text(f"{number:,} unusable {plain(kind)}", "yellow")
        for kind, number in count.unusable.most_common(KINDS)
    ]
    if others := count.unusable.total() - sum(n for _, n in count.unusable.most_common(KINDS)):
        parts.append(Text(f"{others:,} unusable others", "yellow"))
    return _with_reason(parts, pool.error, width)


def _errors(chips: Sequence[Chip]) -> Text:
    errors = sum(chip.dropped.get("bad-hash", 0) + chip.nonce_errors for chip in chips)
    return Text(amount(errors, "error"), "red" if errors else "")


def _chain(chain: Chain, now: Snapshot, width: int) -> list[Text]:
    parts = [Text(plain(chain.path), "bold"), _state(chain.state)]
    if chain.chips:
        last = max((chip.last_result_at or 0 for chip in chain.chips), default=0)
        parts += [
            Text(f"{len(chain.chips)} x {chain.model}"),
            _labelled("by counter", rate(chain.rates.chips.minute_1)),
            _labelled("by results", rate(chain.rates.results.minute_1)),
            Text(amount(sum(chip.results for chip in chain.chips), "result")),
            _errors(chain.chips),
            _labelled("last result", ago(last or None, now.at)),
        ]
    if chain.failures:
        parts.append(Text(amount(chain.failures, "failure"), "dim"))
    return _with_reason(parts, chain.error, width)


def _chips(chain: Chain, now: Snapshot, width: int) -> list[list[Text]]:
    """A row for each of several chips."""
    if len(chain.chips) < 2:
        return []
    rows = [
        (
            f"  chip {chip.index}",
            rate(chip.rates.chips.minute_1),
            rate(chip.rates.results.minute_1),
            amount(chip.results, "result"),
            _errors([chip]),
            ago(chip.last_result_at, now.at),
        )
        for chip in chain.chips
    ]
    return [[line] for line in columns(rows, width)]


def _events(now: Snapshot, width: int) -> list[list[Text]]:
    """Newest first; that of a block is the only one of it."""
    return [
        paragraph(
            plain(event.text),
            width,
            style=LEVELS.get(event.level, ""),
            indent=10,
            first=clock(event.at),
        )
        for event in reversed(now.events)
    ]


def _help(view: View, width: int) -> list[Text]:
    lines = [title("keys", width)]
    for key, does in KEYS.items():
        lines += paragraph(does, width, indent=4, first=f"  {key}")
    lines += [title("where else to look", width)]
    for way in view.ways:
        lines += flow([Text(f"  {way.name:<13}", "dim"), Text(way.address)], width, indent=4)
    lines += [title("what is what", width)]
    for text in (
        "by counter: hashes that the chips themselves have counted, over a minute",
        "by results: hashes that confirmed results stand for, over a minute",
        "error: a hit that the chip or the host did not confirm",
    ):
        lines += paragraph(text, width)
    return lines


def _foot(now: Snapshot, view: View, width: int) -> Text:
    words = {**KEYS, "p": "go on" if now.paused else "pause", "?": "back" if view.asked else "help"}
    parts = [Text.assemble((key, "bold"), f" {does}") for key, does in words.items()]
    return flow(parts, width)[0] if view.keys else Text()


def _sections(now: Snapshot, width: int, rows: int) -> list[Text]:
    pools = [_pool(pool, now, width) for pool in now.pools]
    chips = [
        block
        for chain in now.chains
        for block in (_chain(chain, now, width), *_chips(chain, now, width))
    ]
    needed = [1 + sum(map(len, blocks)) for blocks in (pools, chips)]
    free = max(0, rows - EVENTS)
    # Pools have half of the room at least, ports what is left, and events the rest.
    for_pools = min(needed[0], max(free // 2, free - needed[1]))
    for_chips = min(needed[1], free - for_pools)
    lines: list[Text] = []
    for name, blocks, room in (("pools", pools, for_pools), ("chips", chips, for_chips)):
        if room > 1:
            lines += [title(name, width), *cut(blocks, room - 1)]
    left = rows - len(lines)
    if left > 1:
        lines += [title("events", width)]
        for block in _events(now, width) or [[Text("none yet", "dim")]]:
            lines += block
    return lines


def picture(
    now: Snapshot, history: Sequence[Sample], width: int, height: int, view: View | None = None
) -> RenderableType:
    """All there is to see, in `width` columns and `height` rows.

    Words from pools and ports are text: nothing in them is taken for markup.
    """
    view = View() if view is None else view
    top = _top(now, history, view, width)
    foot = [_foot(now, view, width)] if view.keys else []
    rows = height - len(top) - len(foot)
    middle = _help(view, width) if view.asked else _sections(now, width, rows)
    lines = (top + middle)[: height - len(foot)]
    lines += [Text()] * (height - len(foot) - len(lines)) + foot
    return Group(*lines[:height])
