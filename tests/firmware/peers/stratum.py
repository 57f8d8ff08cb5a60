"""A Stratum v1 pool for tests. It judges every share by itself and writes down all of them."""

import asyncio
import random
from collections import Counter

from tests.firmware.peers.forms import Form
from tests.firmware.peers.judge import (
    NEVER_GIVEN,
    ROLLABLE,
    MalformedError,
    Mode,
    PoolJob,
    Share,
    Verdict,
    difficulty_of,
    fields_of,
    sha256d,
)
from tests.firmware.peers.session import Manners, Session
from tests.patience import GUARD
from tests.ports import free_port

#: A coinbase without its extranonces, at the height of 257.
BEFORE = bytes.fromhex("01000000" + "01" + "00" * 32 + "ffffffff")
HEIGHT = bytes.fromhex("020101")
AFTER = bytes.fromhex("ffffffff" + "01" + "00f2052a01000000" + "0151" + "00000000")

#: Longest line that a client may send.
LINE = 1 << 16


class StratumPool:
    """The server. It is an asynchronous context manager; `url` is known inside.

    Parameters: how rolled bits are joined (`mode`), versions of jobs (`version`), the `mask` it
    allows, the `difficulty` it begins with, the `size` of extranonce2, how it behaves (`manners`)
    and writes (`form`), and an `ssl` context for TLS.

    Jobs of all sessions have different versions in the bits that do not roll: `serial` tells by a
    header which job it is of.
    """

    def __init__(
        self,
        seed,
        *,
        mode=Mode.OR,
        version=0x20000000,
        mask=ROLLABLE,
        difficulty=1e-6,
        size=4,
        bits=0x207FFFFF,
        manners=None,
        form=None,
        ssl=None,
        now=1_700_000_000,
    ):
        self.rng = random.Random(f"pool {seed}")
        self.mode, self.version, self.mask = mode, version, mask
        self.difficulty, self.size, self.bits = difficulty, size, bits
        self.manners = Manners() if manners is None else manners
        self.form = Form() if form is None else form
        self.now = now
        self._ssl = ssl
        self._server = None
        self._playing = set()
        #: Its own from the beginning: it may go and come again.
        self.port = free_port()
        self._serial = 0
        self._previous = self.rng.randbytes(28) + bytes(4)
        self._seen = set()
        self.by_serial = {}
        self.sessions = []
        self.shares = []
        self.malformed = []
        self._news = asyncio.Event()

    async def __aenter__(self):
        await self.start()
        return self

    async def __aexit__(self, *_):
        await self.stop()

    async def start(self):
        self._server = await asyncio.start_server(
            self._connected, "127.0.0.1", self.port, ssl=self._ssl, limit=LINE
        )

    async def stop(self):
        """Stop listening and end all connections."""
        if self._server is None:
            return
        self._server.close()
        for session in self.sessions:
            if session.alive:
                session.close()
        while self._playing:
            await asyncio.wait(self._playing)
        self._server = None

    @property
    def url(self):
        return f"stratum+{'tcp' if self._ssl is None else 'ssl'}://127.0.0.1:{self.port}"

    async def _connected(self, reader, writer):
        session = Session(self, len(self.sessions), reader, writer)
        self.sessions.append(session)
        task = asyncio.current_task()
        self._playing.add(task)
        try:
            await session.play()
        finally:
            self._playing.discard(task)
            self._tell()

    def _tell(self):
        self._news.set()
        self._news = asyncio.Event()

    async def news(self):
        """Wait until something happens."""
        await self._news.wait()

    async def until(self, condition):
        """Wait until `condition()` holds; it is looked at whenever something has happened."""
        async with asyncio.timeout(GUARD):
            while not condition():
                await self.news()

    def new_block(self):
        """Later jobs build on another block. Give them out with `clean`."""
        self._previous = self.rng.randbytes(28) + bytes(4)

    def job(self, session, *, clean):
        # Never a multiple of 2^13: those are of no job.
        self._serial += 1 if (self._serial + 1) & 0x1FFF else 2
        job = PoolJob(
            job_id=f"{self._serial:x}",
            previous=self._previous,
            coinbase_1=BEFORE + bytes([len(HEIGHT + session.extranonce1) + session.size]) + HEIGHT,
            coinbase_2=AFTER,
            branches=tuple(sha256d(self.rng.randbytes(8)) for _ in range(self.rng.randrange(4))),
            version=self.version | self._serial & 0x1FFF,
            bits=self.bits,
            time=self.now,
            clean=clean,
            extranonce1=session.extranonce1,
            size=session.size,
            mask=session.mask,
            difficulty=session.difficulty,
        )
        self.by_serial[self._previous, job.version & 0x1FFF] = job, session
        return job

    def serial(self, header):
        """The job that a header was made of, and the session that it was given to, or `None`."""
        version = int.from_bytes(header[:4], "little")
        return self.by_serial.get((header[4:36], version & 0x1FFF))

    def judge(self, session, params):
        """The verdict on what `mining.submit` brought; it is written down."""
        if params[1:2] == [NEVER_GIVEN]:
            return Verdict.STALE  # it was believed, as well it may be
        job = session.jobs.get(params[1]) if len(params) > 1 else None
        known = job or next(
            (j for j, s in self.by_serial.values() if s is session and j.job_id == params[1]), None
        )
        if known is None:
            self.malformed.append((session.number, params, "no such job"))
            return Verdict.STALE
        try:
            extranonce2, time, nonce, rolled = fields_of(params, known)
        except MalformedError as error:
            self.malformed.append((session.number, params, str(error)))
            return Verdict.MALFORMED
        version = known.version_of(rolled, self.mode)
        header = known.header(extranonce2, time, nonce, version)
        difficulty = difficulty_of(header)
        if header in self._seen:
            verdict = Verdict.DUPLICATE
        elif job is None:
            verdict = Verdict.STALE
        elif difficulty < job.difficulty:
            verdict = Verdict.LOW
        else:
            verdict = Verdict.ACCEPTED
        self._seen.add(header)
        now = asyncio.get_running_loop().time()
        self.shares.append(
            Share(
                at=now,
                session=session.number,
                job=known,
                header=header,
                difficulty=difficulty,
                verdict=verdict,
            )
        )
        self._tell()
        return verdict

    @property
    def verdicts(self):
        """How many shares met which verdict."""
        counts = Counter(share.verdict for share in self.shares)
        counts[Verdict.MALFORMED] += len(self.malformed)
        return counts
