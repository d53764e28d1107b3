"""The model as MLServer serves it: a runtime of its own, because the model wants a table."""

import joblib
import pandas as pd
from mlserver import MLModel
from mlserver.codecs import NumpyCodec, PandasCodec
from mlserver.types import InferenceResponse


class Model(MLModel):
    """The pipeline of the handed-over model."""

    async def load(self):
        self.pipeline = joblib.load(self.settings.parameters.uri).pipeline
        return True

    async def predict(self, payload):
        table = PandasCodec.decode_request(payload)
        for name in self.settings.parameters.extra["dates"]:
            table[name] = pd.to_datetime(table[name])
        output = NumpyCodec.encode_output("score", self.pipeline.predict(table))
        return InferenceResponse(model_name=self.name, outputs=[output])
