"""What has to be learned from the training rows before numbers can come of them: categories and words."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import Pipeline, make_pipeline

# Gradient boosting sorts a feature into at most 255 bins, so rarer categories share one.
MAX_CATEGORIES = 100
MAX_WORDS = 5_000
TOPICS = 16
WORD = re.compile(r"\w\w+")


@dataclass
class Categories:
    """The categories of one column, the most frequent first."""

    index: dict[str, int]
    has_rest: bool

    def encode(self, values: pd.Series) -> pd.Categorical:
        """Return codes: one a category, one for all the rare, and missing for missing or never seen."""
        rest = len(self.index) if self.has_rest else -1
        codes = values.map(self.index).fillna(rest).astype("int16").to_numpy(copy=True)
        codes[values.isna().to_numpy()] = -1
        return pd.Categorical.from_codes(codes, categories=range(len(self.index) + self.has_rest))


class TableEncoder(TransformerMixin, BaseEstimator):
    """Turn a table of features into numbers and categories; missing values stay missing.

    Numeric columns pass; texts of the columns in `text` become topics (TF-IDF, then truncated SVD, that is latent
    semantic analysis: Deerwester et al., 1990); every other column becomes a categorical.

    Args:
        text: names of the columns that hold prose
        seed: for the SVD's random start
    """

    def __init__(self, text: tuple[str, ...] = (), seed: int = 0) -> None:
        self.text = text
        self.seed = seed

    def fit(self, table: pd.DataFrame, _target: object = None) -> TableEncoder:
        self.topics_: dict[str, Pipeline] = {}
        self.categories_: dict[str, Categories] = {}
        for name, values in table.items():
            if name in self.text:
                model = self._fit_topics(values)
                if model is not None:
                    self.topics_[str(name)] = model
            elif not is_numeric_dtype(values):
                self.categories_[str(name)] = _find_categories(values)
        return self

    def transform(self, table: pd.DataFrame) -> pd.DataFrame:
        columns: dict[str, object] = {}
        for name, values in table.items():
            if name in self.topics_:
                columns.update(_topics(str(name), values, self.topics_[str(name)]))
            elif name in self.categories_:
                columns[str(name)] = self.categories_[str(name)].encode(values)
            elif name not in self.text:
                columns[str(name)] = values.to_numpy(dtype="float64")
        return pd.DataFrame(columns, index=table.index)

    def _fit_topics(self, values: pd.Series) -> Pipeline | None:
        """Learn the topics of a column, or return None where there are too few words for any."""
        words = {word for text in values.dropna().unique()[:1000] for word in split_words(text)}
        if len(words) <= TOPICS or values.notna().sum() <= TOPICS:
            return None
        # With its own analyzer scikit-learn stores a memory address, and no two models would have the same bytes.
        vectors = TfidfVectorizer(analyzer=split_words, max_features=MAX_WORDS, sublinear_tf=True)
        model = make_pipeline(vectors, TruncatedSVD(TOPICS, random_state=self.seed))
        return model.fit(values.fillna(""))


def split_words(text: str) -> list[str]:
    """Return the words of two letters and more, in small letters."""
    return WORD.findall(text.lower())


def _find_categories(values: pd.Series) -> Categories:
    # Sorted by name first, so that equal counts always come in the same order.
    counts = values.value_counts().sort_index().sort_values(ascending=False, kind="stable")
    kept = counts.index[:MAX_CATEGORIES]
    return Categories({value: code for code, value in enumerate(kept)}, len(counts) > len(kept))


def _topics(name: str, values: pd.Series, model: Pipeline) -> dict[str, np.ndarray]:
    matrix = model.transform(values.fillna(""))
    matrix[values.isna().to_numpy()] = np.nan
    return {f"{name} (topic {number + 1})": matrix[:, number] for number in range(matrix.shape[1])}
