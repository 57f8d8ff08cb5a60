"""A Stratum client for tests of the pool: as little of one as there can be."""

import asyncio
import contextlib
import itertools
import json

from tests.firmware.peers.judge import difficulty_of


class Client:
    """Speaks, and keeps what it was told."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer
        self.told = []
        self._numbers = itertools.count(1)

    @classmethod
    async def connect(cls, port, **options):
        return cls(*await asyncio.open_connection("127.0.0.1", port, **options))

    async def call(self, method, *params):
        """Result and error."""
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": params}
        self.writer.write(json.dumps(message).encode() + b"\n")
        while True:
            answer = await self.hear()
            if answer["id"] == number:
                return answer["result"], answer["error"]

    async def hear(self):
        """The next message; notifications are kept in `told`."""
        message = json.loads(await self.reader.readline())
        if message["id"] is None:
            self.told.append((message["method"], message["params"]))
        return message

    async def log_in(self, user="user.worker"):
        """Configure, subscribe, authorize, and wait for the first job."""
        configured, _ = await self.call(
            "mining.configure", ["version-rolling"], {"version-rolling.mask": "ffffffff"}
        )
        subscribed, _ = await self.call("mining.subscribe", "tests")
        await self.call("mining.authorize", user, "x")
        while not any(method == "mining.notify" for method, _ in self.told):
            await self.hear()
        return configured, subscribed

    async def close(self):
        self.writer.close()
        with contextlib.suppress(ConnectionError):
            await self.writer.wait_closed()


def search(job, *, rolled=0, extranonce2=None, at_least=None, below=float("inf"), first=0):
    """Parameters of a submit for a pool's job: `job | rolled` is hashed, sent is what differs."""
    extranonce2 = bytes(job.size) if extranonce2 is None else extranonce2
    at_least = job.difficulty if at_least is None else at_least
    version = job.version | rolled
    for nonce in itertools.count(first):
        header = job.header(extranonce2, job.time, nonce, version)
        if at_least <= difficulty_of(header) < below:
            bits = f"{version ^ job.version:08x}"
            return ["u", job.job_id, extranonce2.hex(), f"{job.time:08x}", f"{nonce:08x}", bits]
    raise AssertionError
