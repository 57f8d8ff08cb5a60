"""Broadcast stages: engines, the words that go to all of them, and what comes back."""

from amaranth.hdl import Cat, Module, Mux, Signal, Value

from sluice.rtl.hls.codegen.control import SlotLine
from sluice.rtl.hls.codegen.datapath import Datapath
from sluice.rtl.hls.codegen.pipe import later, next_
from sluice.rtl.hls.codegen.sequencer import Sequencer

from .job_store import Feed
from .plan import Plan


def broadcast(
    m: Module, plan: Plan, sequencer: Sequencer, feed: Feed, telling: Value
) -> tuple[Value, Datapath]:
    """Datapaths of a stage each, all in step, but each a cycle behind the one before.

    Words go from stage to stage, a register each, so that no wire leads to all engines; the slot is
    decoded once, in front of the first stage, and decisions travel with the words. What has passed
    the mask comes back the same way.

    Parameters
    ----------
    m, plan, sequencer
        Of the core.
    feed
        Words for the first stage.
    telling
        Whether it has ``H7`` of a thread in this cycle, at the control's end of the way there.

    Returns
    -------
    passed : bit for each lane of each engine of a stage
        Whether a nonce passes; those of a stage behind come some cycles later.
    first : Datapath
        Of the first stage.
    """
    config, table = plan.config, plan.binding.table
    technology = config.make_technology()
    members, stages, distance = config.results.members, config.stages, config.distance
    bits = members * config.lanes
    entry = 0 if plan.streams else plan.strobes.entry
    slot, thread = sequencer.before(entry), later(m, sequencer.thread, entry)
    ahead = later(m, slot, distance - 1) if distance else None
    words = dict(feed.words)
    offset, mask, slot, thread, telling = (
        later(m, value, distance) for value in (feed.offset, feed.mask, slot, thread, telling)
    )
    module = Module()
    period, load_from = range(table.slots), plan.binding.load_from
    decisions = SlotLine(
        module,
        slot,
        thread,
        in_ram=config.decoder,
        ahead=ahead,
        numbers=[*period, *(load_from + slot for slot in period)] if load_from else None,
    )
    made: list[Datapath] = []
    told = [Signal(bits, name=f"passed{i}", reset_less=True) for i in range(stages)]
    carrying = plan.binding.nonce[0]
    for index, passed in enumerate(told):
        if index:
            words[carrying] += Mux(offset, members * plan.threads, 0)
            words = {name: next_(m, word, 32) for name, word in words.items()}
            offset, mask, telling = (next_(m, value) for value in (offset, mask, telling))
        stage = Datapath(
            plan.schedule,
            technology=technology,
            ram_from=config.ram_from or None,
            registered=plan.streams,
            constants=table.constants,
            lut_words=0 if plan.streams else technology.lut_words,
            in_place_from=config.in_place_from or None,
            line=decisions.later(index),
        )
        made.append(stage)
        m.submodules[f"stage{index}"] = stage
        m.d.comb += [stage.enter[name].eq(word) for name, word in words.items()]
        m.d.comb += [stage.job[name].eq(word) for name, word in feed.active.items()]
        own = Cat((stage.out[f"h7_{bit}"] & mask) == 0 for bit in range(bits))
        if index < stages - 1:
            further = later(m, told[index + 1], config.results.spacing - 2)
            m.d.sync += passed.eq(Mux(telling, own, further))
        else:
            with m.If(telling):
                m.d.sync += passed.eq(own)
    # Behind the stages, which add to it when they are elaborated.
    m.submodules.decisions = module
    return later(m, told[0], distance), made[0]
