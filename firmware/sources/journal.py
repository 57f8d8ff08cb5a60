"""Blocks on disk: written before they are handed in, so that a crash loses none."""

import os
from collections.abc import Iterator
from pathlib import Path

from .saved import SavedBlock

__all__ = ["Journal", "SavedBlock", "write_durably"]

#: Refused or accepted blocks that are kept to look at.
KEPT = 100

#: What is kept of a file that cannot be read has this after its name.
TORN = ".torn"


def write_durably(path: Path, data: bytes) -> None:
    """Write a file that is there whole or not at all, and still after a power cut."""
    scratch = path.with_name(f".{path.name}")
    scratch.write_bytes(data)
    _settle(scratch, os.O_RDONLY)
    scratch.replace(path)
    _settle(path.parent, os.O_RDONLY | os.O_DIRECTORY)


def _settle(path: Path, flags: int) -> None:
    """Wait until a file or a folder is on the disk."""
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Journal:
    """A folder of blocks: those on their way, and those that a node has judged.

    Parameters
    ----------
    folder
        Made if it is not there.

    Raises
    ------
    OSError
        It cannot be made.
    """

    def __init__(self, folder: Path) -> None:
        self._waiting = folder / "blocks"
        self._done = folder / "blocks" / "done"
        self._done.mkdir(parents=True, exist_ok=True)

    def recover(self) -> Iterator[str]:
        """Tidy up after a daemon that was killed, and tell what there was, in sentences.

        What was being written is a block on its way if it is whole, and goes if it is not; a file
        of a block that cannot be read is kept aside. Call it before anything is saved.
        """
        for path in sorted(self._waiting.glob("[!.]*.json")):
            try:
                self._read(path)
            except OSError as error:
                yield f"{path}: {error.strerror}"
            except ValueError as error:
                yield from self._keep_aside(path, str(error))
        for path in sorted(self._waiting.glob(".*.json*")):
            # Older daemons added the number of their process.
            target = self._waiting / (path.name[1:].partition(".")[0] + ".json")
            try:
                if (self._done / target.name).exists() or target.exists():
                    path.unlink()
                    continue
                yield from self._rescue(path)
            except OSError as error:
                yield f"{path}: {error.strerror}"

    def _rescue(self, path: Path) -> Iterator[str]:
        """Make a block on its way of what was being written."""
        try:
            block = SavedBlock.parse(path.read_bytes())
        except ValueError:
            path.unlink()
            yield f"{path}: removed: it was being written when the daemon was killed"
            return
        path.replace(self._path(block))
        yield f"block {block.hash} was being written when the daemon was killed, and is whole"

    def _keep_aside(self, path: Path, wrong: str) -> Iterator[str]:
        aside = path.with_name(path.name + TORN)
        try:
            path.replace(aside)
        except OSError as error:
            yield f"{path}: {error.strerror}"
            return
        yield f"{path}: is no block and was kept as {aside.name}: {wrong}"

    @staticmethod
    def _read(path: Path) -> SavedBlock:
        block = SavedBlock.parse(path.read_bytes())
        if path.stem != block.hash:
            raise ValueError(f"hash: must be the name of the file, not {block.hash!r}")
        return block

    def save(self, block: SavedBlock) -> None:
        """Write a block: when this returns it outlasts the daemon, whatever becomes of that.

        Raises
        ------
        OSError
            The disk is full, or gone.
        """
        path = self._path(block)
        scratch = path.with_name(f".{path.name}")
        scratch.write_text(block.text(), encoding="utf-8")
        scratch.replace(path)

    def settle(self, block: SavedBlock) -> None:
        """Wait for the disk: when this returns a saved block outlasts a power cut too.

        Raises
        ------
        OSError
            It was not saved, or the disk is gone.
        """
        path = self._path(block)
        _settle(path, os.O_RDONLY)
        _settle(path.parent, os.O_RDONLY | os.O_DIRECTORY)

    def _path(self, block: SavedBlock) -> Path:
        return self._waiting / f"{block.hash}.json"

    def waiting(self, url: str) -> Iterator[SavedBlock]:
        """Blocks for that node which it has not judged, oldest first."""
        found = []
        for path in self._waiting.glob("[!.]*.json"):
            try:
                block = self._read(path)
            except (OSError, ValueError):
                continue  # said when the daemon began
            if block.url == url:
                found.append(block)
        yield from sorted(found, key=lambda block: block.found_at)

    def judged(self, block: SavedBlock, verdict: str) -> None:
        """The node has said what it thinks of it: hand it in no more."""
        path = self._path(block)
        # If the power goes now it is handed in once more, which does no harm.
        (self._done / path.name).write_text(block.text(verdict=verdict), encoding="utf-8")
        path.unlink(missing_ok=True)
        old = sorted(self._done.glob("*.json"), key=lambda done: done.stat().st_mtime)
        for path in old[:-KEPT]:
            path.unlink(missing_ok=True)
