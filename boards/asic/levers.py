"""A pipeline from the same text with optimisations switched off: what each of them is worth.

The plainest one is what a textbook has: both hashes unrolled, a round in a cycle, sums in the order
of the text, the state in eight words and the message in a window of sixteen that shift from stage
to stage, and nothing done with the job. What nothing depends on is left out of all, as every
synthesiser does, and numbers are folded.
"""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sluice.rtl.core.binding.binding import Binding
from sluice.rtl.core.binding.pipeline import binding
from sluice.rtl.core.config import ConfigError, CoreConfig, PipelineConfig
from sluice.rtl.core.plan import bind, place
from sluice.rtl.hls.delay_model import DelayModel
from sluice.rtl.hls.delays import separate_delays
from sluice.rtl.hls.ir import BindingTime, Graph, Node, users
from sluice.rtl.hls.ops import Op
from sluice.rtl.hls.schedule import Schedule
from sluice.rtl.sha256.function import ROUNDS
from sluice.rtl.sha256.word import Sigma

from ..cores import KINDS, describe

#: Words in the window of a message.
WINDOW = 16
#: Cycles of the first hash: a round in each, and one for the sum with the midstate.
FIRST = ROUNDS + 1
_NAME = re.compile(r"(?P<hash>[ps])_(?P<chain>[aew])(?P<number>\d+)_\d+")


@dataclass(frozen=True, kw_only=True)
class LeverConfig(PipelineConfig):
    """A pipeline whose optimisations can be switched off. `period` is not used without `retime`.

    Parameters
    ----------
    hoist
        What only depends on the job is computed once for it.
    retime
        Sums are formed in the order in which their terms are known, and each operation is done in
        the cycle with which there are the fewest registers; else in that of its round.

    Raises
    ------
    ConfigError
        `retime` is on without `hoist`.
    """

    hoist: bool = True
    retime: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.retime and not self.hoist:
            raise ConfigError("hoist must be True with retime, not False")
        self.check("rounds", self.rounds == ROUNDS, f"{ROUNDS}")

    def delays(self) -> DelayModel:
        """A whole round in a cycle, in any order, if it is not retimed."""
        if self.retime:
            return super().delays()
        delays = self.make_technology().delays
        return DelayModel(delays=delays, period=delays.period(adders=9, functions=3))


class _LateGraph(Graph):
    """A graph in which every operation is done anew for each nonce."""

    def operation(self, op: Op, args: Sequence[Node], which: Sigma | None = None) -> Node:
        """See :class:`~sluice.rtl.hls.ir.Graph`."""
        made = super().operation(op, args, which)
        if made.kind is op:
            made.known = BindingTime.NONCE
        return made


@bind.register
def _(config: LeverConfig) -> Binding:
    return binding(config.lanes, config.rounds, None if config.hoist else _LateGraph())


@place.register
def _(config: LeverConfig, graph: Graph) -> Schedule:
    if config.retime:
        return place.dispatch(PipelineConfig)(config, graph)
    model = config.delays()
    ordered = separate_delays(graph)
    nodes = [node for node in ordered.reached() if node.known is BindingTime.NONCE]
    using, cycle = users(nodes), dict[Node, int]()
    last = FIRST + ROUNDS
    for node in reversed(nodes):
        # What has no name is part of what uses it first.
        behind = [cycle[user] for user in using[node]]
        behind += [last] * (node in ordered.outputs.values())
        named = _cycle_of(node.name)
        cycle[node] = min(behind) if named is None else min(named, *behind)
    return Schedule(ordered, model, {node: cycle[node] for node in nodes})


def _cycle_of(name: str) -> int | None:
    """The cycle in which a round, or the window, makes a word."""
    if name == "nonce":
        return 0
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    number, begins = int(found["number"]), FIRST if found["hash"] == "s" else 0
    if found["chain"] == "w":
        # The digest of the first hash is made in the cycle before the second one begins.
        return begins + number - WINDOW if number >= WINDOW else begins - 1
    return begins + number - 1


def title(config: CoreConfig) -> str:
    """A core in one line."""
    if not isinstance(config, LeverConfig):
        return describe(config)
    off = [name for name in LEVERS if not getattr(config, name)]
    fields = asdict(config)
    rest = PipelineConfig(**{name: value for name, value in fields.items() if name not in LEVERS})
    return f"{describe(rest)} without {', '.join(off)}" if off else describe(rest)


#: What can be switched off, each with those behind it.
LEVERS = ("hoist", "retime")

#: Kinds of cores in cells, by name.
CELL_KINDS: dict[str, type] = {**KINDS, "levers": LeverConfig}
