"""The REST API and the web page."""

import math
from pathlib import Path
from typing import Any

from fastapi import Depends, FastAPI
from fastapi.responses import FileResponse, JSONResponse
from pydantic import BaseModel
from starlette.middleware.cors import CORSMiddleware

from .. import stats
from ..config import RestEndpoint
from ..control import Control
from . import axeos
from .guard import REFUSALS, guarded_by, only_known_hosts, with_headers

__all__ = ["rest_app"]

PAGE = Path(__file__).with_name("page")

#: Files of the page, and what they are.
FILES = {
    "app.js": "text/javascript",
    "chart.js": "text/javascript",
    "control.js": "text/javascript",
    "format.js": "text/javascript",
    "style.css": "text/css",
    "icon.svg": "image/svg+xml",
}

DESCRIPTION = """
What the daemon knows about itself, and pause and resume.

Rates are in hashes a second, times in unix time, difficulties as pools give them.
Reading needs no token; `POST` needs the one of `api.rest.token`.
"""


class Access(BaseModel):
    """Whether a token is configured, so that something can be changed."""

    token: bool


class Mining(BaseModel):
    """Whether chips hash, or would if there were work."""

    paused: bool


class FiniteJSON(JSONResponse):
    """JSON has neither infinity nor NaN: such a number becomes null."""

    def render(self, content: Any) -> bytes:
        return super().render(_finite(content))


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return value


def _add_state(app: FastAPI, control: Control) -> None:
    @app.get("/api/v1/status", tags=["state"])
    async def status() -> stats.Snapshot:
        """Everything at this moment."""
        return control.snapshot()

    @app.get("/api/v1/chains", tags=["state"])
    async def chains() -> tuple[stats.Chain, ...]:
        """Ports and the chips behind them."""
        return control.snapshot().chains

    @app.get("/api/v1/pools", tags=["state"])
    async def pools() -> tuple[stats.Pool, ...]:
        """Sources of work, with their shares."""
        return control.snapshot().pools

    @app.get("/api/v1/blocks", tags=["state"])
    async def blocks() -> tuple[stats.Block, ...]:
        """The last hundred blocks found, newest last."""
        return control.snapshot().blocks

    @app.get("/api/v1/events", tags=["state"])
    async def events() -> tuple[stats.Event, ...]:
        """The last hundred events, newest last."""
        return control.snapshot().events

    @app.get("/api/v1/history", tags=["state"])
    async def history() -> list[stats.Sample]:
        """Hash rates of the past day, one sample every ten seconds, oldest first."""
        return list(control.history())


def _add_control(app: FastAPI, control: Control, endpoint: RestEndpoint) -> None:
    guard = [Depends(guarded_by(endpoint))]

    @app.get("/api/v1/access", tags=["control"])
    async def access() -> Access:
        """Whether anything can be changed, by those who have the token."""
        return Access(token=endpoint.token is not None)

    @app.post("/api/v1/pause", tags=["control"], dependencies=guard, responses=REFUSALS)
    async def pause() -> Mining:
        """Stop hashing; connections to pools stay."""
        control.pause()
        return Mining(paused=control.snapshot().paused)

    @app.post("/api/v1/resume", tags=["control"], dependencies=guard, responses=REFUSALS)
    async def resume() -> Mining:
        """Hash again."""
        control.resume()
        return Mining(paused=control.snapshot().paused)


def _add_page(app: FastAPI) -> None:
    @app.get("/", include_in_schema=False)
    async def page() -> FileResponse:
        return FileResponse(PAGE / "index.html", media_type="text/html")

    for name, kind in FILES.items():
        # One route a file: no path from outside ever becomes one of this machine.
        def send(name: str = name, kind: str = kind) -> FileResponse:
            return FileResponse(PAGE / name, media_type=kind)

        app.add_api_route(f"/{name}", send, include_in_schema=False, response_model=None)


def rest_app(control: Control, endpoint: RestEndpoint) -> FastAPI:
    """The application that answers on `endpoint`."""
    app = FastAPI(
        title="Sluice",
        version=control.snapshot().version,
        description=DESCRIPTION,
        openapi_url="/api/v1/openapi.json",
        # Its pages load scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        default_response_class=FiniteJSON,
    )
    app.middleware("http")(with_headers)
    app.middleware("http")(only_known_hosts(endpoint.host))
    if endpoint.origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=endpoint.origins,
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type"],
        )
    _add_state(app, control)
    _add_control(app, control, endpoint)
    axeos.add_routes(app, control, endpoint)
    _add_page(app)
    return app
