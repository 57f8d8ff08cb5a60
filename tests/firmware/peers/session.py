"""One connection of the Stratum pool for tests, and how a pool may behave on it."""

import asyncio
import contextlib
import json
from collections import Counter

from tests.firmware.peers.judge import ERRORS, Verdict


class Manners:
    """How a pool behaves; this one is honest. Others override what they do otherwise."""

    async def connected(self, session):
        """A client is there and has said nothing yet."""

    async def answer(self, session, request, answer):
        """Send, or do not send, what should be answered to a request."""
        if request.get("id") is not None:
            session.send(answer)

    async def serving(self, session):
        """The client is authorized; runs beside everything else until the connection ends."""


class Session:
    """One connection. What was negotiated, and the jobs that were given out."""

    def __init__(self, pool, number, reader, writer):
        self.pool, self.number = pool, number
        self.reader, self.writer = reader, writer
        self.write_as(pool.form)
        self.mask = 0
        self.difficulty = pool.difficulty
        self.configured = self.subscribed = self.authorized = False
        self.user = None
        self.agent = None
        self.jobs = {}
        self.newest = None
        # When jobs were given and taken back, and when which version mask was told.
        self.given, self.gone, self.masks = {}, {}, []
        self.began = self.now()
        self.ended = None
        self.unreadable = 0
        self.requests = Counter()
        self.suggested = None

    def write_as(self, form):
        """In that form from now on, before anything has been said."""
        self.form = form
        self.extranonce1 = self.pool.rng.randbytes(form.extranonce1)
        self.size = self.pool.size if form.size is None else form.size

    @property
    def alive(self):
        return self.ended is None

    @staticmethod
    def now():
        return asyncio.get_running_loop().time()

    def write(self, data):
        """Raw bytes."""
        if not self.writer.is_closing():
            self.writer.write(data)

    def send(self, message):
        self.write(json.dumps(message).encode() + self.form.end)

    def tell(self, method, *params):
        """A notification."""
        if method == "mining.set_version_mask":
            self.masks.append((self.now(), self.mask if params == (f"{self.mask:08x}",) else None))
        self.send(self.form.tell({"id": None, "method": method, "params": list(params)}))

    def close(self):
        """End the connection with a reset, as a pool that breaks down does."""
        self.writer.transport.abort()

    def set_difficulty(self, difficulty):
        """Holds from the next job on."""
        self.difficulty = difficulty
        self.tell("mining.set_difficulty", difficulty)

    def set_extranonce(self, extranonce1, size):
        same, self.extranonce1, self.size = size == self.size, extranonce1, size
        more = () if same and self.form.alone else (size,)
        self.tell("mining.set_extranonce", extranonce1.hex(), *more)

    def set_mask(self, mask):
        self.mask = mask
        self.tell("mining.set_version_mask", f"{mask:08x}")

    def restore(self):
        """Say again what holds, with a new job: whatever was said before that was nonsense."""
        self.set_difficulty(self.difficulty)
        self.set_extranonce(self.extranonce1, self.size)
        self.set_mask(self.mask)
        self.notify()

    def notify(self, *, clean=False):
        """A new job. With `clean` the earlier ones are stale."""
        job = self.pool.job(self, clean=clean)
        if clean:
            self.gone.update(dict.fromkeys(self.jobs, self.now()))
            self.jobs.clear()
        self.given[job.job_id] = self.now()
        self.jobs[job.job_id] = self.newest = job
        self.tell("mining.notify", *job.params())
        return job

    def begin(self):
        """Difficulty and first job."""
        self.set_difficulty(self.difficulty)
        self.notify(clean=True)

    async def play(self):
        """Serve the client until it or the manners end the connection."""
        manners = self.pool.manners
        background = None
        try:
            await manners.connected(self)
            while line := await self.reader.readline():
                request = self._read(line)
                if request is None:
                    continue
                before = self.authorized
                answer = self._answer(request)
                if self.form.early and self.subscribed and not self.jobs:
                    self.begin()
                await manners.answer(self, request, self.form.reply(request, answer))
                if self.authorized and not before:
                    if not self.form.early:
                        self.begin()
                    background = asyncio.create_task(manners.serving(self))
        except (ConnectionError, ValueError, asyncio.IncompleteReadError):
            pass  # the client went, or sent a line without end
        finally:
            self.ended = self.now()
            if background is not None:
                background.cancel()
                with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                    await background
            self.writer.close()
            with contextlib.suppress(ConnectionError, OSError):
                await self.writer.wait_closed()

    def _read(self, line):
        try:
            request = json.loads(line)
        except ValueError:
            request = None
        if isinstance(request, dict) and ("result" in request or "error" in request):
            return None  # an answer to something of ours
        if not isinstance(request, dict) or not isinstance(request.get("params"), list):
            self.unreadable += 1
            return None
        self.requests[request.get("method")] += 1
        return request

    def _answer(self, request):
        result, error = True, None
        params = request["params"]
        match request.get("method"):
            case "mining.configure":
                self.configured = True
                result = self._configure(params)
            case "mining.subscribe":
                self.subscribed = True
                self.agent = params[0] if params else None
                result = [[["mining.notify", "1"]], self.extranonce1.hex(), self.size]
            case "mining.authorize":
                self.user = params[0]
                self.authorized = self.subscribed
            case "mining.suggest_difficulty":
                self.suggested = params[0]
            case "mining.extranonce.subscribe":
                pass
            case "mining.submit":
                verdict = self.pool.judge(self, self.form.read(params))
                if verdict is not Verdict.ACCEPTED:
                    result, error = None, [*ERRORS[verdict], None]
            case method:
                result, error = None, [20, f"Unknown method {method}", None]
        return {"id": request.get("id"), "result": result, "error": error}

    def _configure(self, params):
        extensions, options = params[0], params[1] if len(params) > 1 else {}
        result = {}
        if "version-rolling" in extensions:
            wanted = int(options.get("version-rolling.mask", "ffffffff"), 16)
            self.mask = wanted & self.pool.mask
            result["version-rolling"] = bool(self.mask)
            result["version-rolling.mask"] = f"{self.mask:08x}"
        if "minimum-difficulty" in extensions:
            result["minimum-difficulty"] = True
        return result
