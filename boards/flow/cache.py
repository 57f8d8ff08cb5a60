"""Folders made once: found again by the digest of everything that went into them."""

import fcntl
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

import click
from Crypto.Hash import SHA256
from platformdirs import user_cache_path

#: Bytes kept of a kind; what was used least recently goes first.
KEEP = 4 << 30


_looking: ContextVar[bool] = ContextVar("looking", default=False)


class CacheError(click.ClickException):
    """The cache cannot be written. The message says why; the exit code is 1."""


class NotMadeError(LookupError):
    """A folder that is not there, where nothing is to be made."""


@contextmanager
def only_looking() -> Iterator[None]:
    """Within it nothing is made: what is not there raises :class:`NotMadeError`."""
    token = _looking.set(True)
    try:
        yield
    finally:
        _looking.reset(token)


def digest(parts: list[str]) -> str:
    """One digest of several texts, 32 hexadecimal digits; where each ends matters."""
    each = b"".join(SHA256.new(part.encode()).digest() for part in parts)
    return str(SHA256.new(each).hexdigest())[:32]


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _prune(kind: Path, keep: Path) -> None:
    folders = [path for path in kind.iterdir() if path.is_dir() and not path.name.startswith("new")]
    total = 0
    for folder in sorted(folders, key=lambda path: path.stat().st_mtime, reverse=True):
        total += _size(folder)
        if total > KEEP and folder != keep:
            shutil.rmtree(folder, ignore_errors=True)
            folder.with_suffix(".lock").unlink(missing_ok=True)


def cached(kind: str, parts: list[str], make: Callable[[Path], None]) -> tuple[Path, bool]:
    """The folder made from `parts`, and whether it was there before.

    Whoever else wants the same folder at the same time waits for it. A folder is there whole or not
    at all: if `make` raises, nothing is kept.

    Parameters
    ----------
    kind
        A folder of the user's cache.
    parts
        Everything that decides what is in the folder.
    make
        Fills the empty folder that it is given.

    Raises
    ------
    CacheError
        The user's cache cannot be written.
    NotMadeError
        It is not there, and nothing is to be made: see :func:`only_looking`.
    """
    home = user_cache_path("sluice", appauthor=False) / "boards" / kind
    folder = home / digest(parts)
    if _looking.get() and not folder.exists():
        raise NotMadeError(f"{kind} {folder.name} has not been made")
    try:
        home.mkdir(parents=True, exist_ok=True)
        folder.with_suffix(".lock").touch()
    except OSError as error:
        raise CacheError(
            f"the cache {home} cannot be written: {error.strerror}; XDG_CACHE_HOME names another"
        ) from error
    with _locked(folder.with_suffix(".lock")):
        if folder.exists():
            folder.touch()
            return folder, True
        scratch = Path(tempfile.mkdtemp(prefix="new-", dir=home))
        try:
            make(scratch)
            scratch.replace(folder)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    _prune(home, folder)
    return folder, False
