"""A node in a few lines: JSON-RPC over HTTP, templates as told, blocks written down."""

import asyncio
import base64
import json

from Crypto.Hash import SHA256

from sluice.firmware.config import SoloSettings
from tests.ports import free_port


def sha256d(data):
    return SHA256.new(SHA256.new(data).digest()).digest()


class FakeNode:
    """The server; an asynchronous context manager. Blocks extend its chain if they fit."""

    def __init__(self, *, rules=("csv",), transactions=(), longpoll=True):
        self.rules, self.transactions, self.longpoll = list(rules), list(transactions), longpoll
        #: Its own from the beginning: it may go and come again.
        self.port = free_port()
        self.tip, self.height = "11" * 32, 200
        self.blocks, self.calls = [], []
        self.verdict = None
        self.deaf = False
        self.broken = False
        self.chain, self.challenge = "regtest", None
        #: What templates have besides or instead; time of the block before them.
        self.changes, self.parent_time = {}, 1_700_000_400
        #: Of long polls: an HTTP status or an error in their place; where they were sent.
        self.cut, self.longpolls = None, []
        #: Methods that are not there, or not allowed.
        self.missing, self.forbidden = set(), set()
        self.submitted = []
        self.change = asyncio.Event()
        self.writers = set()

    async def __aenter__(self):
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
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
            **self.changes,
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
                    status, answer = await self._answer(request, head.split(b" ")[1].decode())
                body = b"<html>" if answer is None else json.dumps(answer).encode()
                writer.write(b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n" % (status, len(body)))
                writer.write(body)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.writers.discard(writer)
            writer.close()

    async def _answer(self, request, path):
        method, params = request["method"], request["params"]
        self.calls.append(method)
        if method in self.forbidden:
            return 403, {}
        if method in self.missing:
            return 404, self._error(-32601, "Method not found")
        if self.broken:
            return 500, self._error(-28, "Loading")
        if method == "submitblock":
            self.submitted.append(params)
            verdict = self._submit(bytes.fromhex(params[0]))
            if self.deaf:  # takes it, and never says so
                await asyncio.Event().wait()
            return 200, {"result": verdict, "error": None}
        if method == "getblockchaininfo":
            more = {} if self.challenge is None else {"signet_challenge": self.challenge}
            return 200, {"result": {"chain": self.chain, **more}, "error": None}
        if method == "getblockheader":
            return 200, {"result": {"hash": params[0], "time": self.parent_time}, "error": None}
        if self.deaf and self.blocks:
            await asyncio.Event().wait()
        options = params[0] if params else {}
        if "longpollid" in options:
            self.longpolls.append(path)
            if isinstance(self.cut, int):
                return self.cut, None
            if self.cut:
                return 200, self._error(-9, self.cut)
            if options["longpollid"] == self.tip:
                await self.change.wait()
        return 200, {"result": self.template(), "error": None}

    @staticmethod
    def _error(code, message):
        return {"result": None, "error": {"code": code, "message": message}}

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
