"""Pools that behave badly, each in one way or in all of them by turns."""

import asyncio
import enum
import itertools
import json

from tests.firmware.peers.forms import FORMS
from tests.firmware.peers.judge import NEVER_GIVEN
from tests.firmware.peers.session import Manners

#: Lines that are no message, or not the one they look like. No share depends on any of them.
NONSENSE = [
    b"\xff\xfe\x00garbage\n",
    b"\n",
    b"{\n",
    b"null\n",
    b"5\n",
    b'"text"\n',
    b"[]\n",
    b"[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]\n",
    b"{}\n",
    b'{"id":null}\n',
    b'{"id":[],"result":{},"error":{}}\n',
    b'{"id":999999,"result":true,"error":null}\n',
    b'{"id":1e400,"result":true,"error":null}\n',
    b'{"id":-1,"result":true,"error":null}\n',
    b'{"id":"x","result":null,"error":"text"}\n',
    b'{"id":987654,"result":null,"error":[]}\n',
    b'{"id":987655,"result":[],"error":[1]}\n',
    b'{"method":5,"params":[]}\n',
    b'{"method":"mining.unheard_of","params":["x"],"id":7}\n',
    b'{"method":"client.show_message","params":["\\u001b[2J<b>hello</b>"],"id":null}\n',
    b'{"method":"client.get_version","params":[],"id":"odd"}\n',
    b'{"method":"client.show_message","params":{"a":1}}\n',
]

#: Values of a wrong type or far out of range.
WRONG = [None, True, -1, 0, 1e308, -1e308, 2**64, "", "zz", "-1", "00", "\x00", [], {}, [[]]]


def wrong_notifications(session):
    """Each parameter of each notification once with each wrong value, and too few of them."""
    # Of a job that was never given: what a client may make of it is nobody's business.
    job = [NEVER_GIVEN, *session.newest.params()[1:8], False]
    job[5] = f"{session.newest.version & ~0x1FFF:08x}"
    right = {
        "mining.notify": job,
        "mining.set_difficulty": [session.difficulty],
        "mining.set_extranonce": [session.extranonce1.hex(), session.size],
        "mining.set_version_mask": [f"{session.mask:08x}"],
        "client.reconnect": ["127.0.0.1", 1, 0],
    }
    for method, params in right.items():
        if method == "client.reconnect":
            yield method, ["elsewhere.example.com", 3333, 0]
            yield method, ["127.0.0.1", "not a port", 0]
            yield method, [5, [], {}]
            continue
        for place, wrong in itertools.product(range(len(params)), WRONG):
            if not (method == "mining.notify" and place in {0, 8}):
                yield method, [*params[:place], wrong, *params[place + 1 :]]
        yield method, params[:-1] if method != "mining.notify" else params[:3]
        yield method, []
    yield "mining.set_difficulty", [float("nan")]


class Step(enum.Enum):
    """Where in the conversation a pool goes away."""

    CONNECT = enum.auto()
    CONFIGURE = enum.auto()
    SUBSCRIBE = enum.auto()
    AUTHORIZE = enum.auto()
    HALF_A_LINE = enum.auto()
    FIRST_JOB = enum.auto()
    SUBMIT = enum.auto()


METHODS = {
    Step.CONFIGURE: "mining.configure",
    Step.SUBSCRIBE: "mining.subscribe",
    Step.AUTHORIZE: "mining.authorize",
    Step.SUBMIT: "mining.submit",
}


class Leaves(Manners):
    """Ends the connection at one step, or at the next one where a client leaves that out."""

    def __init__(self, step):
        self.step = step

    async def connected(self, session):
        if self.step is Step.CONNECT:
            session.close()

    async def answer(self, session, request, answer):
        method = request.get("method")
        left_out = self.step is Step.CONFIGURE and method == METHODS[Step.SUBSCRIBE]
        if method == METHODS.get(self.step) or left_out:
            session.close()
        elif self.step is Step.HALF_A_LINE and request.get("method") == "mining.subscribe":
            session.write(json.dumps(answer).encode()[:20])
            await session.writer.drain()
            session.close()
        else:
            await super().answer(session, request, answer)

    async def serving(self, session):
        if self.step is Step.FIRST_JOB:
            session.close()


class Silent(Manners):
    """Takes everything and never says a word."""

    async def answer(self, session, request, answer):
        pass


class Refuses(Manners):
    """Answers one method with an error."""

    def __init__(self, method, error=(20, "not here", None)):
        self.method, self.error = method, list(error)

    async def answer(self, session, request, answer):
        if request.get("method") == self.method:
            if self.method == "mining.authorize":
                session.authorized = False
            answer = {**answer, "result": None, "error": self.error}
        await super().answer(session, request, answer)


class HangsUp(Manners):
    """Ends each connection on which it is asked for that, and says so properly."""

    def __init__(self, method):
        self.method = method

    async def answer(self, session, request, answer):
        if request["method"] == self.method:
            session.writer.close()
        else:
            await super().answer(session, request, answer)


class Slow(Manners):
    """Answers late, and one byte after the other."""

    def __init__(self, seconds=0.05, pause=0.001):
        self.seconds, self.pause = seconds, pause

    async def answer(self, session, request, answer):
        await asyncio.sleep(self.seconds if request.get("id") else 0)
        for byte in json.dumps(answer).encode() + b"\n":
            session.write(bytes([byte]))
            await session.writer.drain()
            await asyncio.sleep(self.pause)


class Endless(Manners):
    """Sends a line that does not end."""

    def __init__(self, length=1 << 22):
        self.length = length

    async def serving(self, session):
        session.write(b'{"id":null,"method":"client.show_message","params":["')
        for _ in range(self.length >> 12):
            session.write(b"x" * 4096)
            await session.writer.drain()


class Talks(Manners):
    """Says all nonsense and some wrong notifications, then goes on as if nothing were.

    A client may well leave after a notification that it cannot use: the next one is for its next
    connection. `done` is set when everything has been said. What a client has taken for its new
    difficulty, extranonce or mask is set right again before each job.
    """

    def __init__(self, rng, count=8, pause=0.05):
        self.rng, self.left, self.pause = rng, count, pause
        self.done = asyncio.Event()

    async def serving(self, session):
        if self.done.is_set():
            return
        for line in NONSENSE:
            session.write(line)
        while self.left:
            self.left -= 1
            method, params = self.rng.choice(list(wrong_notifications(session)))
            session.tell(method, *params)
            await session.writer.drain()
            await asyncio.sleep(self.pause)
            session.restore()
        self.done.set()


class Everything(Manners):
    """All of the above by turns, in every form there is, with honest minutes between; for as long
    as a test wants.

    Parameters: `pause` is the mean of the seconds between two surprises, `honest` of those without.
    """

    def __init__(self, rng, *, pause=0.5, honest=4.0):
        self.rng, self.pause, self.honest = rng, pause, honest
        self.counts = dict.fromkeys((*(step.name for step in Step), "silent", "slow"), 0)
        self.plan = {}

    def _next(self, session):
        """How this connection is to go, decided when it begins."""
        rng = self.rng
        kinds = [*Step] + ["silent", "slow", "extension"] + ["talk"] * 12
        kind = self.plan[session.number] = rng.choice(kinds)
        form = rng.choice([*FORMS, *len(FORMS) * [None]])
        if form is not None:
            session.write_as(FORMS[form])
        for name in (kind.name if isinstance(kind, Step) else kind, form):
            if name is not None:
                self.counts[name] = self.counts.get(name, 0) + 1

    def _manners(self, session):
        kind = self.plan.get(session.number)
        if isinstance(kind, Step):
            return Leaves(kind)
        kinds = {"silent": Silent(), "slow": Slow()}
        kinds["extension"] = HangsUp("mining.extranonce.subscribe")
        return kinds.get(kind, Manners())

    async def connected(self, session):
        self._next(session)
        await self._manners(session).connected(session)

    async def answer(self, session, request, answer):
        await self._manners(session).answer(session, request, answer)

    async def serving(self, session):
        await self._manners(session).serving(session)
        surprises = [
            self._nonsense,
            self._wrong,
            self._jump,
            self._jobs,
            self._block,
            self._extranonce,
            self._mask,
            self._leave,
            self._endless,
            self._reconnect,
        ]
        while session.alive:
            await asyncio.sleep(self.rng.expovariate(1 / self.pause))
            surprise = self.rng.choices(surprises, [8, 3, 8, 8, 6, 6, 3, 1, 1, 1])[0]
            self.counts[surprise.__name__] = self.counts.get(surprise.__name__, 0) + 1
            surprise(session)
            # Whatever was believed of that: from here on this holds.
            session.restore()
            await session.writer.drain()
            if self.rng.random() < 0.2:
                await asyncio.sleep(self.rng.expovariate(1 / self.honest))

    def _nonsense(self, session):
        session.write(self.rng.choice(NONSENSE))

    def _wrong(self, session):
        method, params = self.rng.choice(list(wrong_notifications(session)))
        session.tell(method, *params)

    def _jump(self, session):
        """Up to a difficulty that gives a share in hours, and back."""
        base = session.pool.difficulty
        session.set_difficulty(base * self.rng.choice([1, 1, 1, 1, 2, 4, 0.5, 0.25, 1e6]))

    def _jobs(self, session):
        for _ in range(self.rng.randrange(1, 20)):
            session.notify()

    def _block(self, session):
        session.pool.new_block()
        for other in session.pool.sessions:
            if other.alive and other.newest:
                other.notify(clean=True)

    def _extranonce(self, session):
        session.set_extranonce(
            self.rng.randbytes(self.rng.randrange(1, 33)), self.rng.choice([0, 1, 2, 3, 4, 8, 32])
        )

    def _mask(self, session):
        session.set_mask(session.pool.mask & self.rng.choice([0, 0x1FFFE000, 0x00FFE000, 0x6000]))

    def _reconnect(self, session):
        """Asks to be called again after a moment. It goes on as if nothing were, and reads it all:
        what still comes counts."""
        session.tell("client.reconnect", "", session.pool.port, self.rng.choice([0, 1]))

    def _leave(self, session):
        session.close()

    def _endless(self, session):
        session.write(b"x" * (1 << 21))
        session.close()
