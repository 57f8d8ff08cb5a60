"""The web page, in headless Chromium."""

import asyncio
import contextlib
import re
from html.parser import HTMLParser

import pytest

from tests.firmware.api import browser
from tests.firmware.api.daemon import Daemon, empty, snapshot
from tests.firmware.api.served import served
from tests.firmware.needs import CHROMIUM, needs_chromium

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--window-size=1200,1200",
    "--virtual-time-budget=5000",
    "--enable-logging=stderr",
]


async def browse(daemon, folder, *options, action="--dump-dom"):
    """The page as the browser has made it, and what its console says."""
    async with served(daemon, only=("rest",)) as chosen:
        process = await asyncio.create_subprocess_exec(
            CHROMIUM,
            *FLAGS,
            f"--user-data-dir={folder / 'profile'}",
            *options,
            action,
            f"http://127.0.0.1:{chosen.rest.port}/",
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        page, said = await process.communicate()
    console = [line for line in said.decode().splitlines() if "CONSOLE" in line]
    return page.decode(), console


EMPTY = {"img", "input", "meta", "link", "br"}


class Text(HTMLParser):
    """What is to be read in the element with an id."""

    def __init__(self, page, wanted):
        super().__init__()
        self._wanted, self._inside, self.found = wanted, 0, []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        if tag in EMPTY:
            return
        if self._inside or dict(attributes).get("id") == self._wanted:
            self._inside += 1

    def handle_endtag(self, tag):
        if self._inside and tag not in EMPTY:
            self._inside -= 1

    def handle_data(self, data):
        if self._inside and data.strip():
            self.found.append(data.strip())


def text(page, wanted):
    return " ".join(Text(page, wanted).found)


@needs_chromium
async def test_page(tmp_path):
    page, console = await browse(Daemon(), tmp_path)
    assert console == []
    assert 'data-ready="yes"' in page
    assert text(page, "state") == "mining"
    assert text(page, "about") == "version 0.1.0, up 1 d 1 h"
    assert text(page, "rate") == "300 MH/s"
    assert text(page, "rate-more") == "5 s 312 MH/s · 15 min 294 MH/s · average 291 MH/s"
    assert text(page, "shares") == "98"
    assert text(page, "shares-more") == "1 stale · 3 rejected"
    assert text(page, "best") == "9.87 G"
    assert text(page, "found") == "2"
    pools = text(page, "pools")
    assert "stratum+tcp://pool.example.com:3333 bc1qexample.rig1 active 512 98 50.2 k 1 3" in pools
    assert "dead cannot connect" in pools
    assert "123 k 2 2 mining.set_difficulty 42 ms 12 s ago" in pools
    chips = text(page, "chips")
    assert "/dev/ttyUSB0 2 \N{MULTIPLICATION SIGN} bm1370, 1,000,000 baud running" in chips
    assert "running 300 MH/s 270 MH/s 2,001 1 3 2 s ago" in chips
    assert "chip 1 cores 2, lanes 1 150 MH/s 135 MH/s 1,001 1 2 3 s ago" in chips
    assert "/dev/ttyUSB1 no chips failed no answer from any chip 0 H/s" in chips
    assert chips.endswith("\N{EN DASH}")
    assert re.search(r"refused .* 899990 0000.* accepted", text(page, "blocks"))
    assert "Infinity" not in page
    assert "NaN" not in page
    # The curve: an hour of samples, drawn within its frame.
    assert 'aria-label="Hash rate, 360 points"' in page
    numbers = re.search(r'class="line chips" d="M([\d. L]+)"', page)[1].replace("L", " ").split()
    assert len(numbers) == 720
    assert min(map(float, numbers)) >= 0
    assert max(map(float, numbers)) <= 1200


@needs_chromium
async def test_words_of_others_are_words(tmp_path):
    page, _ = await browse(Daemon(), tmp_path)
    assert "&lt;img src=x onerror=alert(1)&gt;, says it" in page
    assert "<img src=x" not in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page


@needs_chromium
async def test_the_first_moment(tmp_path):
    page, console = await browse(Daemon(empty(), []), tmp_path)
    assert console == []
    assert text(page, "state") == "no chips"
    assert text(page, "chart").startswith("0 H/s 250 H/s 500 H/s 750 H/s 1.00 kH/s ")
    assert text(page, "chart").endswith("no history yet")
    assert text(page, "blocks") == "none yet"


@contextlib.asynccontextmanager
async def seen(daemon, folder, width, **rest):
    """The page on a screen so wide, when it has shown the daemon once."""
    async with served(daemon, only=("rest",), **rest) as chosen:
        url = f"http://127.0.0.1:{chosen.rest.port}/"
        async with browser.page(url, folder, size=(width, 800)) as shown:
            await shown.until("document.body?.dataset.ready === 'yes'")
            yield shown


#: Texts that are cut, or not wholly on the screen.
CUT = """
[...document.querySelectorAll("td span, .tile p, .list span, h1, h2, #state, #about")]
  .filter((node) => node.textContent && node.getClientRects().length)
  .filter((node) => {
    const box = node.getBoundingClientRect();
    const ends = document.documentElement.clientWidth + 0.5;
    return box.left < 0 || box.right > ends || node.scrollWidth > node.clientWidth + 1
      && getComputedStyle(node).overflow !== "visible";
  })
  .map((node) => node.textContent)
"""

LONG = "/dev/serial/by-id/usb-Some_Maker_Some_Long_Product_Name_0123456789ABCDEF-if00-port0"


def crowded():
    """Names that are long, and numbers that are great."""
    now = snapshot()
    chain = type(now.chains[0])(**{**vars(now.chains[0]), "path": LONG})
    return snapshot(chains=(chain, now.chains[1]), accepted=123_456_789, results=10**9)


@needs_chromium
@pytest.mark.parametrize("width", [360, 768, 1280])
async def test_nothing_is_cut(width, tmp_path):
    """Neither is there anything to scroll sideways for, nor a number of which a part is missing."""
    async with seen(Daemon(crowded()), tmp_path, width) as shown:
        assert await shown.value(CUT) == []
        assert await shown.value("document.documentElement.scrollWidth") == width
        if width == 360:  # headings are beside their cells
            cell = "document.querySelector('#pools td:nth-child(4)')"
            label = await shown.value(f"getComputedStyle({cell}, '::before').content")
            assert label == '"Accepted"'


@needs_chromium
@pytest.mark.parametrize("token", [None, "correct horse"])
async def test_pause_only_with_a_token(token, tmp_path):
    """A button that can do nothing is not there."""
    daemon = Daemon()
    async with seen(daemon, tmp_path, 1280, **({"token": token} if token else {})) as shown:
        assert await shown.value("document.getElementById('toggle').hidden") is (token is None)
        if token:
            await shown.value("sessionStorage.setItem('sluice-token', 'correct horse')")
            await shown.value("document.getElementById('toggle').click()")
            await shown.until("document.getElementById('state').textContent === 'paused'")
            assert daemon.paused


@needs_chromium
async def test_dark(tmp_path):
    page, console = await browse(Daemon(), tmp_path, "--blink-settings=preferredColorScheme=0")
    assert console == []
    assert text(page, "rate") == "300 MH/s"


def test_nothing_from_elsewhere():
    """The page has no address of another server in it."""
    from sluice.firmware.api.rest import FILES, PAGE

    assert {path.name for path in PAGE.iterdir() if path.is_file()} == {*FILES, "index.html"}
    for path in PAGE.iterdir():
        found = re.findall(r"(?:https?:)?//[\w.-]+\.\w+", path.read_text(encoding="utf-8"))
        assert set(found) <= {"http://www.w3.org"}
