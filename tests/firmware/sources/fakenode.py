"""A node in a few lines: JSON-RPC over HTTP, templates as told, blocks written down."""

import asyncio
import base64
import json

from Crypto.Hash import SHA256

from sluice.firmware.config import SoloSettings


def sha256d(data):
    return SHA256.new(SHA256.new(data).digest()).digest()


class FakeNode:
    """The server; an asynchronous context manager. Blocks extend its chain if they fit."""

    def __init__(self, *, rules=("csv",), transactions=(), longpoll=True, port=0):
        self.rules, self.transactions, self.longpoll = list(rules), list(transactions), longpoll
        self.port = port
        self.tip, self.height = "11" * 32, 200
        self.blocks, self.calls = [], []
        self.verdict = None
        self.deaf = False
        self.broken = False
        self.change = asyncio.Event()
        self.writers = set()

    async def __aenter__(self):
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        self.server.close()
        for writer in self.writers:
            writer.close()
        await asyncio.sleep(0)

    def settings(self, **changes):
        values = {
            "kind": "solo",
            "url": f"http://127.0.0.1:{self.port}",
            "user": "me",
            "password": "secret",
            "network": "regtest",
            "address": "bcrt1q3vfn5wrgnychddsnwwypvfr60axn2l9weav648",
        }
        return SoloSettings(**{**values, **changes})

    def template(self):
        return {
            "version": 0x20000000,
            "previousblockhash": self.tip,
            "transactions": self.transactions,
            "coinbaseaux": {"flags": ""},
            "coinbasevalue": 5_000_000_000,
            "longpollid": self.tip if self.longpoll else None,
            "mintime": 1_700_000_000,
            "curtime": 1_700_000_500,
            "maxtime": 1_700_001_000,
            "bits": "207fffff",
            "height": self.height + 1,
            "rules": self.rules,
            "mutable": ["time", "transactions", "prevblock"],
            "default_witness_commitment": "6a24aa21a9ed" + "22" * 32,
        }

    def news(self):
        """Long polls are answered."""
        self.change.set()
        self.change = asyncio.Event()

    def new_tip(self, tip):
        self.tip, self.height = tip, self.height + 1
        self.news()

    async def _serve(self, reader, writer):
        self.writers.add(writer)
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                fields = dict(
                    line.split(": ", 1) for line in head.decode().split("\r\n")[1:] if line
                )
                fields = {key.lower(): value for key, value in fields.items()}
                request = json.loads(await reader.readexactly(int(fields["content-length"])))
                given = base64.b64decode(fields.get("authorization", "Basic ")[6:])
                status, answer = 401, {}
                if given == b"me:secret":
                    status, answer = 200, await self._answer(request)
                body = json.dumps(answer).encode()
                writer.write(b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n" % (status, len(body)))
                writer.write(body)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.writers.discard(writer)
            writer.close()

    async def _answer(self, request):
        self.calls.append(request["method"])
        if self.broken:
            return {"result": None, "error": {"code": -28, "message": "Loading"}}
        if request["method"] == "submitblock":
            verdict = self._submit(bytes.fromhex(request["params"][0]))
            if self.deaf:  # takes it, and never says so
                await asyncio.Event().wait()
            return {"result": verdict, "error": None}
        options = request["params"][0] if request["params"] else {}
        if options.get("longpollid") == self.tip:
            await self.change.wait()
        if request["method"] == "getblockchaininfo":
            return {"result": {"chain": "regtest"}, "error": None}
        return {"result": self.template(), "error": None}

    def _submit(self, block):
        if self.verdict is not None:
            return self.verdict
        name = sha256d(block[:80])[::-1].hex()
        if name in [sha256d(known[:80])[::-1].hex() for known in self.blocks]:
            return "duplicate"
        self.blocks.append(block)
        if block[4:36][::-1].hex() != self.tip:
            return "inconclusive"
        self.new_tip(name)
        return None
