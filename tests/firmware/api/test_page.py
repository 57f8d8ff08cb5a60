"""The web page, in headless Chromium."""

import asyncio
import re
from html.parser import HTMLParser

from tests.firmware.api.daemon import Daemon, empty
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


@needs_chromium
async def test_narrow_and_dark(tmp_path):
    """Nothing but the tables is wider than a phone."""
    options = ["--window-size=500,900", "--blink-settings=preferredColorScheme=0"]
    page, console = await browse(Daemon(), tmp_path, *options)
    assert console == []
    assert text(page, "rate") == "300 MH/s"


def test_nothing_from_elsewhere():
    """The page has no address of another server in it."""
    from sluice.firmware.api.rest import FILES, PAGE

    assert {path.name for path in PAGE.iterdir() if path.is_file()} == {*FILES, "index.html"}
    for path in PAGE.iterdir():
        found = re.findall(r"(?:https?:)?//[\w.-]+\.\w+", path.read_text(encoding="utf-8"))
        assert set(found) <= {"http://www.w3.org"}
