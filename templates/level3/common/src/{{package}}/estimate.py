"""How good predictions probably are, before anybody knows how they turned out.

Classes: confidence-based performance estimation (CBPE; Kivimäki et al., 2025; the documentation of NannyML). Scores are
calibrated on the test rows, so that of the rows with 0.8 eight in ten are positive; labels are then drawn from these
probabilities, and the metric of the drawn labels is what to expect.

Numbers: direct loss estimation (DLE; the documentation of NannyML). A second model learns on the test rows how large
the error of the first one is; its mean over new rows is what to expect.

Both follow rows that have become harder (covariate shift). Neither can see that the same row now turns out differently
(concept drift): that is known only once there are actual values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold
from threadpoolctl import threadpool_limits

from .reference import from_scale, to_scale

if TYPE_CHECKING:
    from collections.abc import Callable

    from .metrics import Metric

    Calibrator = Callable[[np.ndarray], np.ndarray]

BLIND_SPOT = (
    "An estimate follows rows that have become harder, but not a world in which the same row turns out differently "
    "(concept drift). Only actual values show that."
)
DRAWS = 100
CALIBRATORS = 10
FOLDS = 5
# Isotonic regression overfits on fewer rows (Niculescu-Mizil and Caruana, 2005).
ROWS_FOR_ISOTONIC = 1_000
FEWEST_ROWS = 50
MOST_ROWS = 10_000


@dataclass(frozen=True)
class Estimate:
    """The metric to expect, and the standard deviation of what it will turn out to be, on the scale of `to_scale`."""

    value: float
    deviation: float

    def band(self, metric: Metric, between: float, sigma: float) -> tuple[float, float]:
        """Return where the realised value will lie; `between` is how much periods differ for other reasons."""
        centre, width = to_scale(self.value, metric), sigma * float(np.hypot(self.deviation, between))
        return from_scale(centre - width, metric), from_scale(centre + width, metric)


class Estimator(Protocol):
    """Estimates the metric of some rows."""

    def __call__(self, predicted: pd.DataFrame, features: pd.DataFrame) -> Estimate:
        """Estimate, from `prediction` and `score` (and probabilities), and from the estimator's inputs."""


class ConfidenceBased:
    """CBPE.

    Args:
        metric: what is estimated
        classes: the positive one first where there are two
        reference: test rows with actual, prediction and score, and for more than two classes `score_CLASS` of each
    """

    def __init__(self, metric: Metric, classes: tuple[str, ...], reference: pd.DataFrame, seed: int) -> None:
        self._metric = metric
        self._classes = classes
        self._seed = seed
        random = np.random.default_rng(seed)
        # Calibrated on resamples, so that what the calibration does not know shows in the deviation.
        samples = [random.integers(len(reference), size=len(reference)) for _ in range(CALIBRATORS)]
        self._calibrators = [self._calibrate(reference.iloc[rows]) for rows in samples]

    def __call__(self, predicted: pd.DataFrame, features: pd.DataFrame) -> Estimate:
        random = np.random.default_rng(self._seed)
        predicted, _ = _at_most(MOST_ROWS, predicted, features, random)
        values = []
        for calibrators in self._calibrators:
            probabilities = self._probabilities(predicted, calibrators)
            for _ in range(DRAWS // CALIBRATORS):
                values.append(self._metric(predicted.assign(actual=self._draw(probabilities, random))))
        known = np.array(values)[~np.isnan(values)]
        return _summary(known, self._metric)

    def _calibrate(self, reference: pd.DataFrame) -> list[Calibrator]:
        """Return a calibrator of the positive class, or of each of several."""
        return [
            fit_calibrator(self._scores(reference, label), (reference["actual"] == label).to_numpy())
            for label in self._modelled
        ]

    @property
    def _modelled(self) -> tuple[str, ...]:
        return self._classes[:1] if len(self._classes) == 2 else self._classes

    def _scores(self, predicted: pd.DataFrame, label: str) -> np.ndarray:
        name = "score" if len(self._classes) == 2 else f"score_{label}"
        return predicted[name].to_numpy(dtype="float64")

    def _probabilities(self, predicted: pd.DataFrame, calibrators: list[Calibrator]) -> np.ndarray:
        """Return the probability of each class, one row a prediction."""
        columns = [
            calibrate(self._scores(predicted, label))
            for calibrate, label in zip(calibrators, self._modelled, strict=True)
        ]
        if len(columns) == 1:
            return np.column_stack([columns[0], 1 - columns[0]])
        matrix = np.column_stack(columns) + 1e-9
        return matrix / matrix.sum(axis=1, keepdims=True)

    def _draw(self, probabilities: np.ndarray, random: np.random.Generator) -> np.ndarray:
        """Draw a class for each row."""
        places = (random.random((len(probabilities), 1)) > probabilities.cumsum(axis=1)).sum(axis=1)
        return np.array(self._classes, dtype=object)[np.minimum(places, len(self._classes) - 1)]


class DirectLoss:
    """DLE, for the mean absolute and the root mean squared error.

    Args:
        metric: `mae` or `rmse`
        reference: test rows with actual and prediction
        features: the estimator's inputs of these rows
    """

    def __init__(self, metric: Metric, reference: pd.DataFrame, features: pd.DataFrame, seed: int) -> None:
        self._metric = metric
        self._seed = seed
        errors = (reference["actual"].astype(float) - reference["prediction"].astype(float)).abs().to_numpy()
        losses = errors**2 if metric.name == "rmse" else errors
        inputs = _with_prediction(features, reference)
        self._models = []
        residuals = np.empty(len(losses))
        for known, held_out in KFold(FOLDS, shuffle=True, random_state=seed).split(inputs):
            model = _loss_model(seed)
            # Sums depend on how many threads share them, and threads do not pay for models as small as this.
            with threadpool_limits(1):
                model.fit(inputs.iloc[known], losses[known])
                residuals[held_out] = losses[held_out] - model.predict(inputs.iloc[held_out])
            self._models.append(model)
        self._bias, self._spread = float(residuals.mean()), float(residuals.std())

    def __call__(self, predicted: pd.DataFrame, features: pd.DataFrame) -> Estimate:
        random = np.random.default_rng(self._seed)
        rows = len(predicted)
        predicted, features = _at_most(MOST_ROWS, predicted, features, random)
        inputs = _with_prediction(features, predicted)
        with threadpool_limits(1):
            means = np.array([model.predict(inputs).mean() for model in self._models]) + self._bias
        chance = self._spread / np.sqrt(rows)
        drawn = random.normal(random.choice(means, DRAWS), chance)
        losses = np.maximum(np.append(drawn, means.mean()), np.finfo(float).tiny)
        values = np.sqrt(losses) if self._metric.name == "rmse" else losses
        return Estimate(float(values[-1]), _summary(values[:-1], self._metric).deviation)


def fit_calibrator(scores: np.ndarray, is_positive: np.ndarray) -> Calibrator:
    """Return what makes probabilities of scores: isotonic regression, or Platt scaling where rows are few."""
    if len(scores) >= ROWS_FOR_ISOTONIC:
        isotonic = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(scores, is_positive)
        return lambda values: np.asarray(isotonic.predict(values))
    if is_positive.all() or not is_positive.any():
        share = float(is_positive.mean())
        return lambda values: np.full(len(values), share)
    platt = LogisticRegression(C=1e6).fit(_log_odds(scores), is_positive)
    return lambda values: np.asarray(platt.predict_proba(_log_odds(values)))[:, 1]


def _loss_model(seed: int) -> HistGradientBoostingRegressor:
    return HistGradientBoostingRegressor(
        learning_rate=0.05, max_iter=80, max_leaf_nodes=15, categorical_features="from_dtype", random_state=seed
    )


def _log_odds(scores: np.ndarray) -> np.ndarray:
    inside = np.clip(scores, 1e-6, 1 - 1e-6)
    return np.log(inside / (1 - inside)).reshape(-1, 1)


def _with_prediction(features: pd.DataFrame, predicted: pd.DataFrame) -> pd.DataFrame:
    return features.assign(**{" prediction": predicted["prediction"].to_numpy(dtype="float64")})


def _at_most(
    count: int, predicted: pd.DataFrame, features: pd.DataFrame, random: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    if len(predicted) <= count:
        return predicted, features
    rows = np.sort(random.choice(len(predicted), count, replace=False))
    return predicted.iloc[rows], features.iloc[rows]


def _summary(values: np.ndarray, metric: Metric) -> Estimate:
    if not len(values):
        return Estimate(float("nan"), float("nan"))
    scaled = [to_scale(float(value), metric) for value in values]
    return Estimate(float(np.mean(values)), float(np.std(scaled, ddof=1)))
