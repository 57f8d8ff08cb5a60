"""Pages on a screen of any size: Chromium without a window, by its DevTools protocol."""

import asyncio
import base64
import contextlib
import json
import re

from tests.firmware.api.websocket import connected
from tests.firmware.needs import CHROMIUM
from tests.patience import GUARD

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--remote-debugging-port=0",
]


class Page:
    """One page; `size` is that of the screen in pixels."""

    def __init__(self, socket, size):
        self._socket, self._size = socket, size
        self._number, self._session = 0, None

    async def ask(self, method, **params):
        """Send a command and wait for what it gives."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        self._socket.say(json.dumps({**message, **(self._session or {})}))
        while True:
            answer = json.loads(await self._socket.text())
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                return answer["result"]

    async def open(self, url):
        target = await self.ask("Target.createTarget", url="about:blank")
        attached = await self.ask("Target.attachToTarget", flatten=True, **target)
        self._session = attached
        width, height = self._size
        await self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        await self.ask("Page.navigate", url=url)

    async def value(self, expression):
        """What an expression of JavaScript gives."""
        found = await self.ask(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    async def until(self, expression):
        """Wait until an expression is true."""
        async with asyncio.timeout(GUARD):
            while not await self.value(expression):
                await asyncio.sleep(0.02)

    async def picture(self, path):
        """All of the page as a file, PNG."""
        found = await self.ask("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(found["data"]))


@contextlib.asynccontextmanager
async def page(url, folder, *, size):
    """The page at `url`; the browser keeps its things in `folder`."""
    process = await asyncio.create_subprocess_exec(
        CHROMIUM,
        *FLAGS,
        f"--user-data-dir={folder / 'profile'}",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        found = None
        while found is None:
            line = await process.stderr.readline()
            assert line, "the browser did not start"
            found = re.search(rb"ws://127.0.0.1:(\d+)(/\S+)", line)
        async with connected(int(found[1]), found[2].decode()) as socket:
            seen = Page(socket, size)
            await seen.open(url)
            yield seen
    finally:
        process.kill()
        await process.wait()
