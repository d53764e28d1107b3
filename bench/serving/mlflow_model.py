"""The model as MLflow serves it: its pipeline, saved with a signature."""

import sys

import mlflow
from mlflow.models import infer_signature
from model.artifact import load_artifact, read_reference
from model.config import load_config

config = load_config()
pipeline = load_artifact(config.models).scorer.pipeline
inputs = read_reference(config.models)[1].head(100)
signature = infer_signature(inputs, pipeline.predict(inputs))
mlflow.sklearn.save_model(pipeline, sys.argv[1], signature=signature, serialization_format="cloudpickle")
