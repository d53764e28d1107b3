"""The plots of the report, as SVG that stands inside the page."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from .config import Task
    from .contract import Contract
    from .monitor import Findings, Period

INK = "#1f2933"
MUTED = "#7b8794"
GRID = "#e4e7eb"
BLUE = "#2f6fde"
BAND = "#dbe7fb"
COLOURS = {"OK": "#1a7f4b", "ALERT": "#c0281f", "NOT ENOUGH LABELS": "#b7791f"}
MAX_POINTS = 800
MAX_CLASSES = 12
MAX_PERIODS = 24

# Column and class names may hold any text, so dollar signs are no formulas; text stays text in the SVG.
STYLE: Any = {
    "axes.edgecolor": GRID,
    "axes.labelcolor": MUTED,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "font.family": "sans-serif",
    "font.size": 10,
    "legend.frameon": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "report",
    "text.parse_math": False,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
}


def metric_over_time(findings: Findings, metrics: dict[str, Any]) -> str:
    """Plot the metric of each period with the band of what is expected; test periods in grey before them."""
    name = findings.metric.name
    tested = [(entry["period"], entry[name]) for entry in metrics["by_period"] if entry[name] is not None]
    periods = findings.periods[-MAX_PERIODS:]
    first = periods[0].name
    tested = [entry for entry in tested if entry[0] < first][-MAX_PERIODS // 2 :]
    with mpl.rc_context(STYLE):
        figure, axes = _canvas(7.4, 3.0)
        start = len(tested)
        if tested:
            axes.plot(range(start), [value for _, value in tested], "o-", color=MUTED, alpha=0.6, label="test rows")
        _draw_band(axes, periods, start)
        axes.axhline(findings.reference.value, color=BLUE, linewidth=1, linestyle="--", label="expected")
        known = [
            (start + place, each.value, each.verdict) for place, each in enumerate(periods) if each.value is not None
        ]
        axes.plot([place for place, _, _ in known], [value for _, value, _ in known], color=INK, linewidth=1.2)
        for verdict, colour in COLOURS.items():
            points = [(place, value) for place, value, given in known if given == verdict]
            if points:
                axes.plot(*zip(*points, strict=True), "o", color=colour, markersize=8, label=verdict)
        axes.margins(y=0.1)
        axes.use_sticky_edges = False
        _label_periods(axes, [period for period, _ in tested] + [each.name for each in periods])
        axes.set_ylabel(findings.metric.label)
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, 1.2), ncols=5, fontsize=9)
        return _svg(figure)


def coverage(periods: list[Period]) -> str:
    """Plot for each period how many predictions have an actual value, and how many wait for one."""
    shown = periods[-MAX_PERIODS:]
    places = range(len(shown))
    labels = np.array([each.labels for each in shown])
    waiting = np.array([each.predictions for each in shown]) - labels
    with mpl.rc_context(STYLE):
        figure, axes = _canvas(3.6, 2.8)
        width = 0.6 if len(shown) > 2 else 0.3
        axes.bar(places, labels, width, color=BLUE, label="with actual value")
        axes.bar(places, waiting, width, bottom=labels, color=GRID, label="still without")
        for place, each in zip(places, shown, strict=True):
            if len(shown) <= MAX_CLASSES:
                axes.text(place, each.predictions, f"{each.coverage:.0%}", ha="center", va="bottom", color=MUTED)
        _label_periods(axes, [each.name for each in shown])
        axes.set_xlim(-0.8, len(shown) - 0.2)
        axes.set_ylim(0, max(each.predictions for each in shown) * 1.15)
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, 1.24), ncols=2, fontsize=9)
        return _svg(figure)


def predicted_and_actual(outcomes: pd.DataFrame, task: Task, contract: Contract) -> str:
    """Plot predictions against actual values: points, scores by outcome, or a table of classes."""
    if outcomes.empty:
        return ""
    draw = {"regression": _draw_points, "binary": _draw_scores, "multiclass": _draw_classes}[task]
    with mpl.rc_context(STYLE):
        figure, axes = _canvas(3.6, 2.8)
        draw(axes, outcomes, contract)
        return _svg(figure)


def _draw_points(axes: Axes, outcomes: pd.DataFrame, _: Contract) -> None:
    shown = outcomes.sample(min(len(outcomes), MAX_POINTS), random_state=0)
    axes.scatter(shown["actual"], shown["prediction"], s=10, color=BLUE, alpha=0.35, linewidths=0)
    values = shown[["actual", "prediction"]].astype(float)
    ends = [values.min().min(), values.max().max()]
    axes.plot(ends, ends, color=MUTED, linewidth=1, linestyle="--")
    axes.set_xlabel("actual")
    axes.set_ylabel("predicted")


def _draw_scores(axes: Axes, outcomes: pd.DataFrame, contract: Contract) -> None:
    bins = np.linspace(0, 1, 21).tolist()
    is_positive = outcomes["actual"] == contract.positive
    for rows, colour, label in ((~is_positive, MUTED, "turned out no"), (is_positive, BLUE, "turned out yes")):
        scores = outcomes.loc[rows, "score"].astype(float)
        axes.hist(scores, bins, color=colour, alpha=0.6, label=label)
    axes.set_xlabel("score")
    axes.set_ylabel("predictions")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, 1.24), ncols=2, fontsize=9)


def _draw_classes(axes: Axes, outcomes: pd.DataFrame, _: Contract) -> None:
    table = pd.crosstab(outcomes["actual"], outcomes["prediction"])
    names = outcomes["actual"].value_counts().index[:MAX_CLASSES].tolist()
    table = table.reindex(index=names, columns=names, fill_value=0)
    shares = table.div(table.sum(axis=1).clip(lower=1), axis=0).to_numpy()
    axes.grid(visible=False)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for row in range(len(names)):
        for column in range(len(names)):
            colour = "white" if shares[row, column] > 0.5 else INK
            axes.text(column, row, str(table.iat[row, column]), ha="center", va="center", color=colour, fontsize=9)
    short = [name if len(name) <= MAX_CLASSES else f"{name[:MAX_CLASSES]}…" for name in names]
    axes.set_xticks(range(len(names)), short, rotation=45 if len(names) > 4 else 0)
    axes.set_yticks(range(len(names)), short)
    axes.set_xlabel("predicted")
    axes.set_ylabel("actual")


def _draw_band(axes: Axes, periods: list[Period], start: int) -> None:
    label = "as expected"
    for place, each in enumerate(periods, start=start):
        if each.low is not None:
            height = float(each.high or 0) - each.low
            axes.bar(place, height, 0.96, bottom=each.low, color=BAND, label=label, zorder=0)
            label = "_again"


def _canvas(width: float, height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.add_subplot()
    axes.grid(axis="y", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    return figure, axes


def _label_periods(axes: Axes, names: list[str]) -> None:
    step = max(1, len(names) // 8)
    places = range(0, len(names), step)
    axes.set_xticks(list(places), [names[place] for place in places], rotation=30 if len(names) > 4 else 0)
    axes.set_xlim(-0.6, len(names) - 0.4)


def _svg(figure: Figure) -> str:
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    text = buffer.getvalue()
    return text[text.index("<svg") :]
