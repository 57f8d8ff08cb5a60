"""Many points at once, on Dask: processes of this machine, or a cluster's."""

import logging
import signal
import time
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import click
from distributed import Client, LocalCluster, as_completed

from ..catalogue import BOARDS
from ..flow.build import Built, build
from ..flow.progress import Silent
from ..flow.run import stop_tools
from .cell_point import CellPoint
from .point import Point
from .store import Outcome

Item = TypeVar("Item")
Done = TypeVar("Done")


def rebuilt(point: Point) -> Built:
    """Build a point, or find what an earlier build has left."""
    return build(BOARDS[point.board], point.config(), point.options(), Silent(), point.wanted)


def measure(point: Point | CellPoint) -> Outcome:
    """Build a point; what goes wrong is its message."""
    began = time.monotonic()
    try:
        made = rebuilt(point).figures if isinstance(point, Point) else point.measure()
    except (ValueError, LookupError) as error:
        return Outcome(point, time.monotonic() - began, None, str(error))
    except click.ClickException as error:
        return Outcome(point, time.monotonic() - began, None, error.format_message())
    return Outcome(point, time.monotonic() - began, made)


def _ignore_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _client(scheduler: str | None, workers: int) -> tuple[Client, Any]:
    if scheduler is not None:
        return Client(scheduler), None
    # Any free port: another sweep may have the usual one.
    cluster = LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=True,
        dashboard_address=":0",
        silence_logs=logging.CRITICAL,
    )
    client = Client(cluster)
    # An interrupt from the terminal reaches all processes: this one ends the others.
    client.run(_ignore_interrupts)
    return client, cluster


def spread(
    do: Callable[[Item], Done],
    items: Iterable[Item],
    done: Callable[[Done], None],
    *,
    workers: int,
    scheduler: str | None = None,
    stop: Callable[[], None] = stop_tools,
) -> None:
    """Do the same with many things, and tell of each as it is done.

    Parameters
    ----------
    do
        What to do, in a process of its own.
    items
        The things.
    done
        Called in this process, with what came of each.
    workers
        Processes on this machine; a cluster has its own.
    scheduler
        Address of a cluster's scheduler, ``tcp://…``. Its workers need Sluice too.
    stop
        Called in each process when all is interrupted.

    Raises
    ------
    OSError
        The scheduler does not answer.
    """
    client, cluster = _client(scheduler, workers)
    try:
        futures = [client.submit(do, item, pure=False) for item in items]
        for future in as_completed(futures):
            done(future.result())
    except KeyboardInterrupt:
        client.run(stop)
        raise
    finally:
        client.close()
        if cluster is not None:
            cluster.close()


def run(
    points: Iterable[Point | CellPoint],
    done: Callable[[Outcome], None],
    *,
    workers: int,
    scheduler: str | None = None,
) -> None:
    """Build points, and tell of each as it is done; see :func:`spread`."""
    spread(measure, points, done, workers=workers, scheduler=scheduler)
