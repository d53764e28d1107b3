"""Your own model as an estimator: its file, the code that it was made with, and how it is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.pipeline import Pipeline

# A model's file refers to these, so they are kept with it.
from .contract import Column, Source
from .errors import ProjectError, listing
from .own_process import Predictor
from .own_rows import as_csv, as_file
from .own_settings import OwnSettings

if TYPE_CHECKING:
    import pandas as pd

    from .config import Task

YES, NO = ("true", "1", "1.0", "yes"), ("false", "0", "0.0", "no")


class OwnModel:
    """Answers as a fitted estimator of scikit-learn does, from rows as contract.yaml converts them.

    Args:
        code: the files of your code, as own_files.py packs them
        model: the bytes of the file that your code left the model in
        classes: the classes of the target, the positive one last where there are two; none for regression
    """

    def __init__(
        self,
        settings: OwnSettings,
        source: Source,
        columns: tuple[Column, ...],
        code: bytes,
        model: bytes,
        task: Task,
        classes: tuple[str, ...],
    ) -> None:
        self.settings, self.source, self.columns = settings, source, columns
        self.code, self.model, self.task = code, model, task
        self.classes_ = np.array(classes, dtype=object)
        self._predictor: Predictor | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_predictor": None}

    def predict(self, inputs: pd.DataFrame) -> np.ndarray:
        """Return a number for each row."""
        values = _column(self._ask(inputs), ("prediction", "score"))
        return self._complete(np.array([float(value) for value in values]), inputs)

    def predict_proba(self, inputs: pd.DataFrame) -> np.ndarray:
        """Return the probability of each class, in the order of `classes_`, for each row."""
        answer = self._ask(inputs)
        table = answer.get("columns", {})
        classes = [str(label) for label in self.classes_]
        if table and set(classes) <= set(table):
            return self._complete(np.array([table[label] for label in classes], dtype="float64").T, inputs)
        values = _column(answer, ("score", "prediction"))
        if values and isinstance(values[0], list):
            return self._complete(self._in_order(np.array(values, dtype="float64"), answer.get("classes")), inputs)
        if len(classes) == 2 and all(isinstance(value, (bool, int, float)) for value in values):
            score = np.array(values, dtype="float64")
            return self._complete(np.column_stack([1 - score, score]), inputs)
        labels = [self._class_of(str(value)) for value in values]
        return self._complete(np.array([[float(label == each) for each in classes] for label in labels]), inputs)

    def _ask(self, inputs: pd.DataFrame) -> dict[str, Any]:
        if self._predictor is None:
            self._predictor = Predictor(self.settings, self.source, self.code, self.model)
        return self._predictor.ask(as_csv(as_file(inputs, None, self.columns, self.source), self.source))

    def _in_order(self, values: np.ndarray, known: list[str] | None) -> np.ndarray:
        """Return probabilities by class; without names the classes are taken in the order of the alphabet."""
        if known is None:
            known = [str(label) for label in sorted(self.classes_)]
        if values.shape[1] != len(known):
            raise ProjectError(
                f"Your model gives {values.shape[1]} probabilities a row; its classes are {listing(known)}."
            )
        result = np.zeros((len(values), len(self.classes_)))
        places = {str(label): place for place, label in enumerate(self.classes_)}
        for column, label in enumerate(known):
            result[:, places[self._class_of(label)]] += values[:, column]
        return result

    def _class_of(self, label: str) -> str:
        """Return the class of the target that a label of your code stands for."""
        classes = [str(each) for each in self.classes_]
        if label in classes:
            return label
        if len(classes) == 2 and label.lower() in NO + YES:
            return classes[label.lower() in YES]
        raise ProjectError(f'Your model has the class "{label}"; the classes of the target are {listing(classes)}.')

    def _complete(self, values: np.ndarray, inputs: pd.DataFrame) -> np.ndarray:
        if len(values) != len(inputs):
            raise ProjectError(f"Your code made {len(values)} predictions for {len(inputs)} rows.")
        return values


class OwnPipeline(Pipeline):
    """Your model behind the features that describe its rows. It is asked with the rows themselves.

    What is estimated without actual values looks at the steps before the last.
    """

    def predict(self, X: pd.DataFrame, **_: Any) -> np.ndarray:  # noqa: N803
        return self.steps[-1][1].predict(X)

    def predict_proba(self, X: pd.DataFrame, **_: Any) -> np.ndarray:  # noqa: N803
        return self.steps[-1][1].predict_proba(X)

    def __getitem__(self, place: int | slice) -> Any:
        return Pipeline(self.steps[place]) if isinstance(place, slice) else self.steps[place][1]


def _column(answer: dict[str, Any], names: tuple[str, ...]) -> list[Any]:
    """Return the values of an answer; of a table its only column, or the first of the names that it has."""
    if "values" in answer:
        return list(answer["values"])
    table = answer["columns"]
    found = next((table[name] for name in names if name in table), None)
    if found is None and len(table) == 1:
        found = next(iter(table.values()))
    if found is None:
        raise ProjectError(
            f"Your prediction code made the columns {listing(table)}; expected one column, "
            f"one named {' or '.join(names)}, or one for each class."
        )
    return list(found)
