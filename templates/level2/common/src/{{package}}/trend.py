"""How the findings have moved from report to report, as a plot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from .history import read_history
from .plots import BLUE, COLOURS, GRID, INK, MUTED, STYLE, _svg

if TYPE_CHECKING:
    from .config import Config
    from .monitor import Findings

MAX_REPORTS = 60
FEWEST_REPORTS = 2


def trend_plot(config: Config, findings: Findings) -> str | None:
    """Plot metric and changed inputs of the newest reports, or return None where there are too few for a line."""
    reports = [each for each in read_history(config) if each["is_example"] == findings.is_example][-MAX_REPORTS:]
    if len(reports) < FEWEST_REPORTS:
        return None
    decisive = [next(each for each in report["periods"] if each["name"] == report["period"]) for report in reports]
    values = pd.Series([each["value"] for each in decisive], dtype="float64")
    labels = [f"{report['made_at'][:10]}" for report in reports]
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(7.4, 3.4), layout="constrained")
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=[3, 1])
        above.plot(values.index, values, "-", color=INK, linewidth=1.2)
        for verdict, colour in COLOURS.items():
            points = values[[each["verdict"] == verdict for each in decisive]].dropna()
            if len(points):
                above.plot(points.index, points, "o", color=colour, markersize=7, label=verdict)
        above.axhline(findings.reference.value, color=BLUE, linewidth=1, linestyle="--", label="expected")
        above.set_ylabel(findings.metric.label)
        above.legend(loc="upper center", bbox_to_anchor=(0.5, 1.25), ncols=4, fontsize=9)
        below.bar(values.index, [len(report["changed_inputs"]) for report in reports], color=MUTED, width=0.5)
        below.set_ylabel("changed")
        below.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=2))
        shown = range(0, len(reports), max(1, len(reports) // 6))
        below.set_xticks(list(shown), [labels[place] for place in shown])
        for axes in (above, below):
            axes.set_axisbelow(True)
            axes.grid(axis="y", color=GRID)
        return _svg(figure)
