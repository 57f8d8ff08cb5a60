"""The Liberty of sky130 that comes with Sluice, and the decks that it was made of.

``python -m tests.boards.shipped_cells`` makes it anew, which takes minutes if a deck has changed.
"""

import lzma
import re

from Crypto.Hash import SHA256

from sluice.boards.asic.cells import characterise
from sluice.boards.asic.cells.catalogue import CELLS
from sluice.boards.asic.cells.make import make_library
from sluice.boards.asic.cells.spice import Bench, version
from sluice.boards.asic.named import SHIPPED, shipped
from sluice.boards.cli.screen import Screen


class _WrittenError(Exception):
    """A deck is written: nothing is simulated."""


def decks(files: characterise.Files) -> str:
    """A digest of the first deck of each run, with the models that it includes."""
    texts: list[str] = [files.models.read_text(encoding="utf-8")]

    def write(bench: Bench, analysis: str, options: str, *, optional: bool) -> None:
        del optional
        texts.append(bench._deck(analysis, options))
        raise _WrittenError

    run, Bench._run = Bench._run, write
    try:
        for cell in CELLS:
            for _, job in characterise._jobs(files, cell):
                try:
                    job()
                except _WrittenError:
                    continue
    finally:
        Bench._run = run
    return SHA256.new("\n".join(texts).encode()).hexdigest()


def recorded() -> str:
    """The digest that the Liberty names."""
    return re.search(r"decks ([0-9a-f]{64})", shipped())[1]


def main() -> None:
    """Make it."""
    with Screen() as watcher:
        files = characterise.files(CELLS, watcher)
        made = make_library(watcher)
    head = f"/* sky130_fd_sc_hd by `sluice cells`, {version()}: decks {decks(files)} */\n"
    text = head + made.path.read_text(encoding="utf-8")
    SHIPPED.write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))
    print(f"wrote {SHIPPED.name}, {SHIPPED.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
