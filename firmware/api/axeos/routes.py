"""Routes of AxeOS."""

from collections.abc import Callable

from fastapi import Depends, FastAPI, Request
from fastapi.responses import PlainTextResponse

from ...config import RestEndpoint
from ...control import Control
from ..guard import REFUSALS, guarded_by
from . import statistics as past
from .info import asic, info
from .live import add_sockets
from .shapes import Asic, Info, Message, Score, Statistics

__all__ = ["add_routes"]


def _address(request: Request) -> str:
    """Of this machine, as the client knows it."""
    server = request.scope.get("server")
    return str(server[0]) if server else ""


def _add_state(app: FastAPI, control: Control) -> None:
    @app.get("/api/system/info", tags=["AxeOS"], response_model_exclude_none=True)
    async def system_info(request: Request) -> Info:
        """What AxeOS says of a miner, as far as it is known."""
        return info(control.snapshot(), control.history(), _address(request))

    @app.get("/api/system/asic", tags=["AxeOS"], response_model_exclude_none=True)
    async def system_asic() -> Asic:
        """What AxeOS says of the chips."""
        return asic(control.snapshot())

    @app.get("/api/system/statistics", tags=["AxeOS"])
    async def system_statistics(columns: str | None = None) -> Statistics:
        """Hash rates of the past two hours, a point every ten seconds."""
        return past.statistics(control.snapshot(), control.history(), columns)

    @app.get("/api/system/scoreboard", tags=["AxeOS"])
    async def system_scoreboard() -> list[Score]:
        """The twenty best results since the start."""
        return past.scoreboard(control.snapshot())

    @app.get("/api/system/logs", tags=["AxeOS"], response_class=PlainTextResponse)
    async def system_logs() -> str:
        """The last hundred events as lines of text."""
        return "".join(past.line(event) for event in control.snapshot().events)


def _add_actions(app: FastAPI, control: Control, check: Callable[..., None]) -> None:
    guard = [Depends(check)]

    @app.post("/api/system/pause", tags=["AxeOS"], dependencies=guard, responses=REFUSALS)
    async def system_pause() -> Message:
        """Stop hashing."""
        control.pause()
        return Message(message="Hashing has stopped.")

    @app.post("/api/system/resume", tags=["AxeOS"], dependencies=guard, responses=REFUSALS)
    async def system_resume() -> Message:
        """Hash again."""
        control.resume()
        return Message(message="Hashing goes on.")


def add_routes(app: FastAPI, control: Control, endpoint: RestEndpoint) -> None:
    """All of them."""
    _add_state(app, control)
    _add_actions(app, control, guarded_by(endpoint))
    add_sockets(app, control, endpoint)
