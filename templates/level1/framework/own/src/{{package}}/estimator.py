"""Your own training code in the place of an estimator. How it is called is in the section `own` of mlops.yaml.

It runs in a copy of the files that `own.code` names, in which the data file holds just the rows to fit on. So it sees
no row that the model is judged on, and nothing of yours is written to.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .own_files import pack, redirect, unpack
from .own_model import OwnModel
from .own_process import run_training
from .own_rows import as_csv, as_file
from .own_settings import own_root, read_own

if TYPE_CHECKING:
    import pandas as pd

    from .config import Task


def fit_own(task: Task, inputs: pd.DataFrame, target: pd.Series, seed: int) -> OwnModel:
    """Train on some rows.

    Raises:
        ProjectError: the training code failed, or left no model.
    """
    # Here, so that a model which only predicts does without.
    from .config import load_config
    from .contract import load_contract
    from .data import load_dataset

    config = load_config()
    contract, settings = load_contract(config), read_own(config)
    code = pack(own_root(config, settings), settings.code)
    if settings.fill_up:
        places = np.resize(np.arange(len(inputs)), max(len(inputs), len(load_dataset(config, contract))))
        inputs, target = inputs.iloc[places].reset_index(drop=True), target.iloc[places].reset_index(drop=True)
    rows = as_file(inputs, target, contract.columns, contract.source)
    with tempfile.TemporaryDirectory(prefix="own-code-") as name:
        folder = Path(name)
        unpack(code, folder)
        data = folder / settings.data
        data.parent.mkdir(parents=True, exist_ok=True)
        if data.suffix in (".parquet", ".pq"):
            rows.assign(**inputs).to_parquet(data, index=False)
        else:
            text = as_csv(rows, contract.source, header=contract.source.header)
            data.write_text(text, encoding=contract.source.encoding, newline="")
        if settings.reads is not None:
            redirect(folder, settings.reads, data)
        model = run_training(settings, contract.source, folder, config.training.threads, seed)
    # The positive class comes last where there are two.
    classes = sorted(target.unique(), key=lambda label: (label == contract.positive, label))
    known = () if task == "regression" else tuple(classes)
    return OwnModel(settings, contract.source, contract.columns, code, model, task, known)


def best_rounds(_estimator: OwnModel) -> int:
    """Return the number of rounds: your code decides by itself when it has trained enough."""
    return 1
