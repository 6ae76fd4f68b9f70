"""The addresses of the reading room, and how trouble is told."""

from collections.abc import Collection
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from config.registry import SourceError
from flows.web import (
    articles,
    audits,
    captures,
    comparing,
    finding,
    mementos,
    networks,
    overview,
    trailpages,
)
from flows.web.answers import page
from flows.web.guard import Guard
from flows.web.room import Room
from storage.objects import StoreError
from storage.trouble import CatalogError
from storage.warcstream import WarcError

STATIC = Path(__file__).parent / "static"
PAGES = (overview, trailpages, comparing, articles, captures, finding, networks, audits, mementos)


def application(
    room: Room, *, names: Collection[str] = (), token: str = "", replay_port: int | None = None
) -> ASGIApp:
    """The whole reading room (ASGI). `replay_port`: where pages are replayed; None: nowhere."""
    room.replay_port = replay_port
    app = FastAPI(title="copytrail", docs_url=None, redoc_url=None, openapi_url=None)
    for module in PAGES:
        app.include_router(module.routes(room))
    app.mount("/static", StaticFiles(directory=STATIC))
    app.add_exception_handler(HTTPException, _no_page)
    app.add_exception_handler(RequestValidationError, _not_understood)
    for known in (CatalogError, StoreError, SourceError, WarcError):
        app.add_exception_handler(known, _trouble)
    app.add_exception_handler(Exception, _fault)
    return Guard(app, names=names, token=token)


async def _no_page(_: Request, error: Exception) -> HTMLResponse:
    status = error.status_code if isinstance(error, HTTPException) else 404
    detail = error.detail if isinstance(error, HTTPException) else ""
    said = "" if detail == "Not Found" else detail  # Starlette's word for an address of nothing
    return page("trouble.html", status, title="Not found" if status == 404 else "No", said=said)


async def _not_understood(_: Request, error: Exception) -> HTMLResponse:
    found = error.errors() if isinstance(error, RequestValidationError) else []
    said = "; ".join(f"{one['loc'][-1]}: {one['msg']}" for one in found)
    return page("trouble.html", 422, title="The address cannot be understood", said=said)


async def _trouble(_: Request, error: Exception) -> HTMLResponse:
    return page("trouble.html", 503, title="The archive cannot be read", said=str(error))


async def _fault(_: Request, error: Exception) -> HTMLResponse:
    said = f"A fault in copytrail itself ({type(error).__name__}); please report it."
    return page("trouble.html", 500, title="A fault", said=said)
