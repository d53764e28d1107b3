"""Pass requests on to the service that answers in an environment: that of active.json, looked at each time.

A request that a service closed the connection to is sent once more, so that clients notice no switch.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from .errors import OK

if TYPE_CHECKING:
    import argparse
    from collections.abc import AsyncIterator

    from starlette.requests import Request

    from .config import Config

TRIES = 5
PAUSE_SECONDS = 0.1
TIMEOUT_SECONDS = 60
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
# They are about one connection, and not about the request (RFC 9110, 7.6.1).
HOP_BY_HOP = {"connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "content-length", "host"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="that of the deployment, with its active.json")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, required=True, help="port to listen on")


def run(_config: Config, arguments: argparse.Namespace) -> int:
    app = create_proxy(arguments.folder)
    uvicorn.run(app, host=arguments.host, port=arguments.port, access_log=False, log_level="warning")
    return OK


def active_file(folder: Path) -> Path:
    return folder / "active.json"


def read_active(folder: Path) -> dict[str, Any] | None:
    """Return color, address, digest and version of what answers, or None where nothing does."""
    try:
        content: dict[str, Any] = json.loads(active_file(folder).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return content


def create_proxy(folder: Path) -> Starlette:
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=100)
    client = httpx.AsyncClient(timeout=TIMEOUT_SECONDS, limits=limits, trust_env=False)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with client:
            yield

    async def pass_on(request: Request) -> Response:
        body = await request.body()
        headers = [(name, value) for name, value in request.headers.raw if name.decode() not in HOP_BY_HOP]
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        finding = "nothing is deployed"
        for _ in range(TRIES):
            active = read_active(folder)
            if active is not None:
                try:
                    url = f"http://{active['address']}{path}"
                    answer = await client.request(request.method, url, content=body, headers=headers)
                    return _response(answer)
                except httpx.TimeoutException:
                    return PlainTextResponse("The service did not answer in time.", 504)
                except httpx.TransportError as error:
                    finding = str(error) or type(error).__name__
            await asyncio.sleep(PAUSE_SECONDS)
        return PlainTextResponse(f"The service cannot be reached: {finding}.", 502)

    return Starlette(routes=[Route("/{path:path}", pass_on, methods=METHODS)], lifespan=lifespan)


def _response(answer: httpx.Response) -> Response:
    response = Response(answer.content, answer.status_code)
    # The client has decoded the content.
    left_out = {*HOP_BY_HOP, "content-encoding"}
    kept = [(name.lower(), value) for name, value in answer.headers.raw if name.lower().decode() not in left_out]
    response.raw_headers = [*kept, (b"content-length", str(len(answer.content)).encode())]
    return response
