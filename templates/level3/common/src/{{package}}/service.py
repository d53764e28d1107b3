"""The live service: predictions over HTTP, one row or many, with health, lineage and metrics beside them.

POST /predict        one row       GET /healthz  the process lives    GET /version  where the model comes from
POST /predictions    many rows     GET /readyz   it can answer        GET /metrics  numbers for Prometheus

Every answer is on its way into the prediction log before it is sent. GET /docs describes it all, with examples.
"""

import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Literal, get_args

from fastapi import Body, FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel

from .answering import Answering
from .api import request_model
from .config import load_config
from .errors import InputError
from .live import LiveModel
from .payload import Batch, Single, example_rows
# slot: imports
from .rows import UnusualRowError
from .telemetry import Telemetry

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Health(BaseModel):
    status: Literal["ok"] = "ok"


class Ready(BaseModel):
    """Whether it can answer, and why not; warnings are for people."""

    status: str
    model_version: str
    warnings: list[str]


def app() -> FastAPI:
    """Return the application for the project of the working directory: what each worker of the server runs."""
    return create_app(LiveModel(load_config()))


def create_app(live: LiveModel) -> FastAPI:
    """Return the application, typed by the contract."""
    answering = Answering(live)
    name = live.config.project.name
    application = FastAPI(title=f"{name}: predictions", version="1", lifespan=lambda _: answering.running())
    application.add_middleware(Timed, telemetry=answering.telemetry)
    # slot: middleware
    application.add_exception_handler(InputError, _refuse)
    application.add_exception_handler(OSError, _fail_to_log)
    rows_type: Any = request_model(live.contract)
    row_type: Any = get_args(rows_type.model_fields["rows"].annotation)[0]
    examples = example_rows(live.config, live.contract)
    one, many = Body(examples=examples[:1]), Body(examples=[{"rows": examples}])

    @application.post("/predict", response_model_exclude_none=True)
    async def predict(row: row_type = one) -> Single:
        values = row.model_dump(by_alias=True)
        try:
            return answering.row(values)
        except UnusualRowError:
            answering.telemetry.by_table.inc()
            batch = await run_in_threadpool(answering.table, [values])
            return Single(**batch.model_dump(exclude={"predictions"}), **batch.predictions[0].model_dump())

    @application.post("/predictions", response_model_exclude_none=True)
    def predictions(request: rows_type = many) -> Batch:
        return answering.table([row.model_dump(by_alias=True) for row in request.rows])

    @application.get("/healthz")
    async def healthz() -> Health:
        return Health()

    @application.get("/readyz")
    async def readyz(response: Response) -> Ready:
        problem = answering.problem
        response.status_code = 200 if problem is None else 503
        return Ready(status=problem or "ready", model_version=live.current.number, warnings=answering.warnings)

    @application.get("/version")
    async def version() -> dict[str, Any]:
        return live.current.lineage

    @application.get("/metrics", include_in_schema=False)
    def metrics() -> Response:
        return Response(answering.telemetry.exposition(), media_type=CONTENT_TYPE_LATEST)
    # slot: routes

    return application


class Timed:
    """Measures how long each request takes, by route and status."""

    def __init__(self, app: Callable[..., Awaitable[None]], telemetry: Telemetry) -> None:
        self._app = app
        self._telemetry = telemetry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start = time.perf_counter()
        status = 500

        async def watched(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            route = scope.get("route")
            path = "other" if route is None else route.path
            self._telemetry.requests.labels(path, str(status)).observe(time.perf_counter() - start)


def _refuse(_: Request, error: Exception) -> Response:
    return JSONResponse({"detail": str(error)}, 422)


def _fail_to_log(_: Request, error: Exception) -> Response:
    """A prediction that cannot be logged is not given."""
    return JSONResponse({"detail": f"The prediction could not be logged: {error}"}, 503)
