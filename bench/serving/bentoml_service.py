"""The model as BentoML serves it."""

import os

import bentoml
import joblib
import pandas as pd


@bentoml.service(workers=1)
class Model:
    """The pipeline of the handed-over model."""

    def __init__(self) -> None:
        self.pipeline = joblib.load(os.environ["MODEL"]).pipeline

    @bentoml.api
    def predict(self, rows: pd.DataFrame) -> list[float]:
        for name in os.environ["DATES"].split(","):
            rows[name] = pd.to_datetime(rows[name])
        return self.pipeline.predict(rows).tolist()
