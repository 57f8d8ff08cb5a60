"""The register file, and the chip's part in the dealing out of addresses."""

from functools import partial

from amaranth import C, Cat, Module, Mux, Signal
from amaranth.lib import wiring
from amaranth.lib.memory import Memory

from sluice.rtl.link.config import LinkConfig
from sluice.rtl.link.crc import CRC5
from sluice.rtl.link.registers.addressing import Addressing
from sluice.rtl.link.registers.compact import has_place, place
from sluice.rtl.link.registers.counters import EVENT_BITS, EVENTS, awaiting, choose, count_in
from sluice.rtl.link.registers.decode import decode
from sluice.rtl.link.registers.interface import RegisterPorts
from sluice.rtl.link.registers.obey import obey
from sluice.rtl.link.registers.reset import reset_byte
from sluice.rtl.link.registers.response import LAST_ITEM, nonce_byte, register_byte
from sluice.rtl.protocol.registers import DOMAIN_BITS, READ_ONLY, Number, field_of

#: Of register 0x08, and of 0x28.
LOCKED = field_of(Number.PLL0, "locked")
DIVIDER = field_of(Number.UART_BAUD, "divider")


class RegisterFile(wiring.Component):
    """Obeys commands, counts events, and makes the frames that this chip sends.

    All registers are bytes of one memory, at four times their number, or their place if the link is
    compact; those that steer the chip are kept beside it as well. All counters count in the memory,
    so none changes while it is read. One machine does everything, one byte a cycle:

    ======== =============== ==========================================================
    does     takes (cycles)  when
    ======== =============== ==========================================================
    reset    1025            after reset, during which the link is deaf
    store    5, compact 7    on a write
    count    3 to 17         on an event or an increment
    answer   114 or 146      on a read, or for a nonce; on a read of a compact one, 2 more
    ======== =============== ==========================================================

    The link is deaf during reset. Later, commands cannot come faster than they are obeyed: at eight
    cycles a bit it takes 400 until the next one's payload comes, and 560 until its end.

    Parameters
    ----------
    config
        The link's. Ports are :class:`~.interface.RegisterPorts`.
    """

    def __init__(self, config: LinkConfig) -> None:
        self._config = config
        self._addressing = Addressing(chain=config.chain)
        # What is written is another chip's.
        self._others = Signal()
        super().__init__(RegisterPorts(config.compact))

    def elaborate(self, platform: object) -> Module:
        """Build it."""
        m = Module()
        compact = self._config.compact
        m.submodules.memory = memory = Memory(
            shape=8, depth=512 if compact else 1024, init=[], attrs={"no_rw_check": 1}
        )
        m.submodules.crc = crc = CRC5(1).create()
        m.submodules.addressing = addressing = self._addressing
        write, read = memory.write_port(), memory.read_port()

        control = self.control
        number = Signal(8)
        lane = Signal(2)
        is_nonce = Signal()
        item = Signal(range(LAST_ITEM + 1))
        cycle = Signal(4)
        byte = Signal(8)
        of_domain, above = Signal(), Signal(DOMAIN_BITS)
        adding, carry = Signal(), Signal()
        amount, total = Signal(8), Signal(9)
        has = has_place(number)
        where = place(number, has, of_domain) if compact else number
        m.d.comb += [
            write.addr.eq(Cat(lane, where)),
            read.addr.eq(Cat(lane, where)),
            of_domain.eq(number[DOMAIN_BITS:] == Number.DOMAIN_0 >> DOMAIN_BITS),
            crc.data.eq(byte[::-1].bit_select(cycle[:3], 1)),
        ]
        with m.If(is_nonce):
            nonce_byte(m, byte, item, lane, self.results.payload, self._config.chip)
        with m.Else():
            stored = Mux(of_domain, Cat(read.data[DOMAIN_BITS:], above), read.data)
            register_byte(m, byte, item, number, stored, self._addressing.number)
        if not compact:
            with m.If(of_domain):
                m.d.comb += read.addr.eq(Cat(lane, C(Number.TOTAL_COUNT, 8)))

        # What awaits attention: a command, events, and the two counts of register 0x48.
        command = Signal()
        served = Signal(EVENT_BITS)
        events = Signal(EVENT_BITS)
        dropped = Signal()
        steer, obeyed = Signal(), Signal()
        m.d.sync += events.eq(events & ~served | awaiting(self.events, dropped))
        with m.If(adding):
            m.d.comb += amount.eq(self.increments.payload.amount.word_select(lane, 8))
        m.d.comb += [
            total.eq(read.data + amount + carry),
            self.counting.eq(events[EVENTS.index(Number.RESULT_OVERFLOWS)]),
        ]

        ask = partial(
            obey,
            m,
            self,
            self._config,
            addressing,
            others=self._others,
            number=number,
            lane=lane,
            cycle=cycle,
            dropped=dropped,
        )
        with m.FSM(init="start") as fsm:
            with m.State("start"):
                # Simulators that wait for changes see none in a state that is there from the start.
                m.next = "reset"
            with m.State("reset"):
                own = number if compact else write.addr[2:]
                reset_byte(m, write, own, self.status, self._config.chip)
                m.d.sync += Cat(lane, number).eq(Cat(lane, number) + 1)
                with m.If(Cat(lane, number).all()):
                    m.next = "idle"

            with m.State("idle"):
                m.d.comb += crc.start.eq(1)
                m.d.sync += [item.eq(0), cycle.eq(0), is_nonce.eq(0), lane.eq(0), above.eq(0)]
                m.d.sync += [adding.eq(0), carry.eq(1)]
                with m.If(command):
                    if compact:
                        with m.If(~cycle[1]):
                            m.d.sync += cycle.eq(cycle + 1)
                        with m.Else():
                            m.d.sync += command.eq(0)
                            ask()
                    else:
                        m.d.comb += self.peek.eq(1)
                        m.d.sync += command.eq(0)
                        ask()
                with m.Elif(events.any()):
                    choose(m, events, served, number, lane)
                    m.next = "fetch"
                with m.Elif(self.increments.valid):
                    m.d.sync += [adding.eq(1), carry.eq(0)]
                    count_in(m, self.increments.payload.counter, number)
                    m.next = "fetch"
                with m.Elif(self.results.valid & ~control.reporting):
                    m.d.comb += self.results.ready.eq(1)
                with m.Elif(self.results.valid & self.spare & ~self.hold):
                    m.d.sync += [is_nonce.eq(1), lane.eq(3)]
                    m.next = "answer"

            with m.State("store"):
                if compact:
                    m.d.comb += [write.en.eq(has), write.data.eq(self.value[:8])]
                    m.d.sync += [cycle.eq(cycle + 1), lane.eq(lane - 1)]
                else:
                    m.d.comb += [
                        self.peek.eq(lane != 3),
                        write.en.eq(1),
                        write.data.eq(self.value.word_select(lane, 8)),
                    ]
                    m.d.sync += lane.eq(lane + 1)
                with m.Switch(number), m.Case(*READ_ONLY):
                    m.d.comb += write.en.eq(0)
                with m.If(self._others):
                    m.d.comb += write.en.eq(0)
                # The PLL is locked whenever one looks.
                with m.If((number == Number.PLL0) & (lane == LOCKED.low // 8)):
                    m.d.comb += write.data[LOCKED.low % 8].eq(1)
                with m.If(lane == (0 if compact else 3)):
                    m.d.comb += steer.eq(1)
                    m.next = "idle"

            with m.State("fetch"):
                m.next = "count"
            with m.State("count"):
                m.d.comb += [write.en.eq(1), write.data.eq(total)]
                m.d.sync += [carry.eq(total[8]), lane.eq(lane + 1)]
                m.next = "idle"
                with m.If(lane == 3):
                    m.d.comb += self.increments.ready.eq(adding)
                    m.d.sync += adding.eq(0)
                    with m.If(total[8] & (number == Number.HASH_COUNT_LOW)):
                        m.d.sync += number.eq(Number.TOTAL_COUNT)
                        m.next = "fetch"
                with m.Elif((total[8] & (number != Number.ERROR_FLAG)) | adding):
                    m.next = "fetch"

            with m.State("answer"):
                # The memory and the multiplexer have half the sixteen cycles of a byte.
                m.d.comb += self.frames.byte.data.eq(byte)
                m.d.sync += cycle.eq(cycle + 1)
                with m.If(item == LAST_ITEM):
                    # Three bits of type, then the check.
                    m.d.comb += [
                        crc.valid.eq(cycle[3] & (cycle[:3] < 3)),
                        self.frames.valid.eq(cycle == 15),
                        self.frames.byte.data.eq(byte | crc.crc),
                        self.frames.byte.last.eq(1),
                    ]
                with m.Else():
                    m.d.comb += [crc.valid.eq(cycle[3]), self.frames.valid.eq(cycle == 7)]
                with m.If(cycle == 15):
                    m.d.sync += [lane.eq(lane - 1), item.eq(item + 1), above.eq(read.data)]
                    with m.If((item == 5) & ~control.rolling):
                        m.d.sync += item.eq(LAST_ITEM)
                    with m.If(item == LAST_ITEM):
                        m.next = "commit"
            with m.State("commit"):
                m.d.comb += [self.frames.commit.eq(1), self.results.ready.eq(is_nonce)]
                m.next = "idle"

        m.d.comb += [
            obeyed.eq(steer & ~self._others),
            addressing.offset.eq(self.value),
            addressing.own.eq(obeyed & (number == Number.NONCE_OFFSET)),
            addressing.others.eq(steer & self._others),
            addressing.everyone.eq(self.opcode.broadcast),
            addressing.behind.eq(self.behind),
            self.waiting.eq(addressing.waiting),
            control.first.eq(addressing.first),
            control.last.eq(addressing.last),
        ]
        decode(m, obeyed, number, self.value, control, self.parameter)
        asked, fastest = self.value[DIVIDER.bits], self._config.fastest_divider
        m.d.comb += self.divider_changed.eq(
            obeyed & (number == Number.UART_BAUD) & (asked >= fastest if fastest else 1)
        )
        with m.If(self.divider_changed):
            m.d.sync += self.divider.eq(asked)
        if compact:
            # Bytes 2 and 3, and then the value's, up to 7.
            m.d.comb += self.look.eq(command | fsm.ongoing("store"))
            m.d.comb += self.peek.eq(Cat(cycle[0], ~cycle[1], cycle[1:3].any()))
        else:
            m.d.comb += self.look.eq(self.command | command | self.peek)
        m.d.comb += self.ready.eq(~(fsm.ongoing("start") | fsm.ongoing("reset")))
        with m.If(self.command):
            m.d.sync += command.eq(1)
        return m
