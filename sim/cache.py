"""Files made once: found again by the digest of everything that went into them."""

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from Crypto.Hash import SHA256
from platformdirs import user_cache_path

#: Files kept of a kind; the least recently used go first.
KEEP = 64


#: Seconds since its last use for which a file stays in any case: it may be about to be opened.
FRESH = 3600.0


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _used(path: Path) -> float:
    """When it was used last; long ago if another process has removed it meanwhile."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _prune(folder: Path, suffix: str) -> None:
    files = sorted(folder.glob(f"*{suffix}"), key=_used, reverse=True)
    for old in files[KEEP:]:
        lock = old.with_suffix(".lock")
        # Whoever has it at the moment has made it fresh.
        with _locked(lock):
            if _used(old) < time.time() - FRESH:
                old.unlink(missing_ok=True)
                lock.unlink(missing_ok=True)


def cached(kind: str, suffix: str, parts: list[str], make: Callable[[Path], Path]) -> Path:
    """The file made from `parts`: the one that is there, else a new one.

    Whoever else wants the same file at the same time waits for it. A file is there whole or not at
    all.

    Parameters
    ----------
    kind
        A folder of the user's cache.
    suffix
        Of the file's name, with its dot.
    parts
        Everything that decides what the file is.
    make
        Makes the file in the empty folder that it is given, and returns where it put it.

    Raises
    ------
    click.ClickException
        The user's cache cannot be written. The message says why.
    """
    digest = SHA256.new(b"".join(SHA256.new(part.encode()).digest() for part in parts)).hexdigest()
    folder = user_cache_path("sluice", appauthor=False) / kind
    file = folder / f"{digest[:32]}{suffix}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file.with_suffix(".lock").touch()
    except OSError as error:
        raise click.ClickException(
            f"the cache {folder} cannot be written: {error.strerror}; XDG_CACHE_HOME names another"
        ) from error
    with _locked(file.with_suffix(".lock")):
        with contextlib.suppress(FileNotFoundError):
            os.utime(file)
            return file
        scratch = Path(tempfile.mkdtemp(prefix="new-", dir=folder))
        try:
            make(scratch).replace(file)
        finally:
            shutil.rmtree(scratch)
    _prune(folder, suffix)
    return file
