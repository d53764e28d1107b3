"""The same row for every server, as each wants it, and what the model says about it."""

import json
import sys
from pathlib import Path

import pandas as pd
from mlserver_request import as_v2
from model.artifact import load_artifact
from model.config import load_config
from model.contract import load_contract
from model.payload import as_json_rows
from model.predict import read_inputs
from model.table import read_table

folder = Path(sys.argv[1])
config = load_config()
contract = load_contract(config)
artifact = load_artifact(config.models, contract)
table = read_table(config.models / "sample_input.csv", contract).head(1)
inputs = read_inputs(table, contract, folder)
plain = inputs.iloc[0].map(lambda value: value.isoformat() if isinstance(value, pd.Timestamp) else value).to_dict()
bodies = {
    "ours": as_json_rows(table, contract)[0],
    "mlflow": {"dataframe_records": [plain]},
    "bentoml": {"rows": [plain]},
    "mlserver": as_v2(plain),
}
for name, body in bodies.items():
    (folder / f"{name}.json").write_text(json.dumps(body))
print(float(artifact.scorer.predict(inputs)["score"].iloc[0]))
