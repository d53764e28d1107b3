"""Answer predictions over HTTP: POST /predictions, described by GET /openapi.json."""

import argparse
import uuid
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import uvicorn
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, ConfigDict, Field, create_model

from .artifact import Artifact, load_artifact
from .config import Config
from .contract import Column, Contract, load_contract
from .enforce import check_prediction
from .errors import OK, InputError
# slot: imports
from .log import PREDICTION_COLUMNS, append, open_log
from .predict import log_records, read_inputs

MAX_ROWS = 10_000
REQUEST = Path("the request")


class Prediction(BaseModel):
    """One answer. `prediction_id` joins it with the actual value later."""

    prediction_id: str
    prediction: str | float
    score: float


class Answer(BaseModel):
    model_sha256: str
    predictions: list[Prediction]


class Health(BaseModel):
    status: Literal["ok"] = "ok"
    model_sha256: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (default: 8000)")


def run(config: Config, arguments: argparse.Namespace) -> int:
    contract = load_contract(config)
    app = create_app(config, contract, load_artifact(config.models, contract))
    uvicorn.run(app, host=arguments.host, port=arguments.port)
    return OK


def create_app(config: Config, contract: Contract, artifact: Artifact) -> FastAPI:
    """Return the application: a batch of rows in, predictions out, and each of them logged."""
    app = FastAPI(title=f"{config.project.name}: predictions", version="1")
    rows_type: Any = request_model(contract)
    # slot: start

    @app.get("/health")
    def health() -> Health:
        return Health(model_sha256=artifact.sha256)

    @app.post("/predictions")
    def predictions(request: rows_type) -> Answer:
        rows = [row.model_dump(by_alias=True) for row in request.rows]
        # slot: rows
        table = pd.DataFrame(rows)
        try:
            return answer(config, contract, artifact, table)
        except InputError as error:
            raise HTTPException(422, str(error)) from error

    return app


def answer(config: Config, contract: Contract, artifact: Artifact, table: pd.DataFrame) -> Answer:
    """Predict for a table of raw values, and log it, as the command `predict` does.

    Raises:
        InputError: a value is not what contract.yaml says.
    """
    inputs = read_inputs(table, contract, REQUEST)
    check_prediction(config, contract, inputs, REQUEST)
    predicted = artifact.scorer.predict(inputs)
    predicted.insert(0, "prediction_id", [str(uuid.uuid4()) for _ in range(len(predicted))])
    records = log_records(table, inputs, predicted, contract, artifact)
    with open_log(config.prediction_log) as connection:
        append(connection, "predictions", PREDICTION_COLUMNS, records)
    shown = predicted[["prediction_id", "prediction", "score"]].to_dict("records")
    return Answer(model_sha256=artifact.sha256, predictions=[Prediction(**each) for each in shown])


def describe_api(config: Config, contract: Contract) -> dict[str, Any]:
    """Return the OpenAPI description, which depends on the contract but not on the model."""
    # The routes only need the model once they are called.
    return create_app(config, contract, artifact=None).openapi()  # type: ignore[arg-type]


def request_model(contract: Contract) -> type[BaseModel]:
    """Return the type of a request: rows with the columns of the contract, and no others."""
    strict = ConfigDict(extra="forbid")
    # A column may have any name, which a Python identifier may not: so it is an alias.
    columns: dict[str, Any] = {
        f"column_{place}": (_json_type(column), _field(column)) for place, column in enumerate(contract.required)
    }
    row = create_model("Row", __config__=strict, **columns)
    rows: Any = (list[row], Field(min_length=1, max_length=MAX_ROWS))  # type: ignore[valid-type]
    return create_model("Rows", __config__=strict, rows=rows)


def _field(column: Column) -> Any:
    # slot: field
    return Field(alias=column.name)


def _json_type(column: Column) -> Any:
    if column.type == "numeric":
        return float | None
    if column.type == "boolean":
        return Literal[column.values] | None
    return str | None
