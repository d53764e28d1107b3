"""The plots of the status page: SVG whose colours follow those of the page, light or dark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.ticker import MaxNLocator

from .override import PERSON
from .plots import BAND, BLUE, COLOURS, GRID, INK, MUTED, STYLE, _canvas, _label_periods, _svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from .decision import Recorded
    from .roi import Return

# The page says what each of these is.
VARIABLES = {
    INK: "--ink",
    MUTED: "--muted",
    GRID: "--line",
    BLUE: "--blue",
    BAND: "--band",
    COLOURS["OK"]: "--calm",
    COLOURS["ALERT"]: "--busy",
    COLOURS["NOT ENOUGH LABELS"]: "--wait",
}
NAMES = {"OK": "as expected", "ALERT": "worse", "NOT ENOUGH LABELS": "too few actual values"}


def life_plot(
    periods: list[dict[str, Any]],
    estimated: list[dict[str, Any]],
    records: list[Recorded],
    report: dict[str, Any] | None,
) -> str:
    """Plot the metric by period, realised and estimated, over what is expected."""
    names = [each["name"] for each in periods]
    with mpl.rc_context(STYLE):
        figure, axes = _roomy(9.4, 3.3)
        label = "expected"
        for place, each in enumerate(periods):
            if each["low"] is not None:
                axes.bar(place, each["high"] - each["low"], 0.98, bottom=each["low"], color=BAND, label=label, zorder=0)
                label = "_again"
        if report is not None:
            axes.axhline(report["reference"]["value"], color=BLUE, linewidth=1, linestyle=":")
        guesses = [(names.index(each["name"]), each["value"]) for each in estimated if each["name"] in names]
        if guesses:
            axes.plot(*zip(*guesses, strict=True), "--", color=BLUE, linewidth=1.6, label="estimated")
        known = [
            (place, each["value"], each["verdict"]) for place, each in enumerate(periods) if each["value"] is not None
        ]
        axes.plot([place for place, *_ in known], [value for _, value, _ in known], color=INK, linewidth=1.6)
        for verdict, colour in COLOURS.items():
            points = [(place, value) for place, value, given in known if given == verdict]
            if points:
                axes.plot(*zip(*points, strict=True), "o", color=colour, markersize=8, label=NAMES[verdict])
        axes.margins(y=0.14)
        axes.use_sticky_edges = False
        _mark_changes(axes, records, names)
        _label_periods(axes, names)
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, 1.2), ncols=5, fontsize=9)
        return themed(_svg(figure))


def coverage_plot(periods: list[dict[str, Any]]) -> str:
    """Plot by period for how many predictions the actual value is known."""
    places = range(len(periods))
    labels = [each["labels"] for each in periods]
    waiting = [each["predictions"] - each["labels"] for each in periods]
    with mpl.rc_context(STYLE):
        figure, axes = _roomy(4.6, 2.9)
        axes.bar(places, labels, 0.7, color=BLUE, label="known")
        axes.bar(places, waiting, 0.7, bottom=labels, color=GRID, label="not yet")
        _label_few(axes, [each["name"] for each in periods])
        axes.set_ylim(0, max(each["predictions"] for each in periods) * 1.12)
        axes.set_ylabel("predictions")
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, 1.24), ncols=2, fontsize=9)
        return themed(_svg(figure))


def money_plot(returns: list[Return], currency: str) -> str:
    """Plot what each period brought, and the sum of all until then."""
    places = range(len(returns))
    total, sums = 0.0, []
    for each in returns:
        total += each.net
        sums.append(total)
    colours = [COLOURS["OK"] if each.net >= 0 else COLOURS["ALERT"] for each in returns]
    with mpl.rc_context(STYLE):
        figure, axes = _roomy(4.6, 2.9)
        axes.bar(places, [each.net for each in returns], 0.7, color=colours)
        axes.plot(places, sums, "o-", color=INK, linewidth=1.4, markersize=4, label="in sum")
        axes.axhline(0, color=MUTED, linewidth=0.8)
        _label_few(axes, [each.period for each in returns])
        axes.set_ylabel(f"net {currency}".strip())
        axes.yaxis.set_major_locator(MaxNLocator(nbins=5))
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, 1.24), fontsize=9)
        return themed(_svg(figure))


def themed(svg: str) -> str:
    """Let the colours of a plot be those of the page."""
    for colour, variable in VARIABLES.items():
        svg = svg.replace(colour, f"var({variable})")
    return svg.replace("#000000", "var(--ink)")


def _roomy(width: float, height: float) -> tuple[Figure, Axes]:
    """Return a canvas with room around, because the font of the page may be wider than the one that was measured."""
    figure, axes = _canvas(width, height)
    figure.set_layout_engine("constrained", w_pad=0.14, h_pad=0.1)
    return figure, axes


def _label_few(axes: Axes, names: list[str]) -> None:
    step = max(1, -(-len(names) // 6))
    axes.set_xticks(range(0, len(names), step), names[::step], rotation=30 if len(names) > 3 else 0)
    axes.set_xlim(-0.8, len(names) - 0.2)


def _mark_changes(axes: Axes, records: list[Recorded], names: list[str]) -> None:
    """Mark the periods in which another version came into use."""
    for each in records:
        name = next((name for name in reversed(names) if name <= each.at[: len(name)]), None)
        if each.mode == PERSON or each.decision not in ("PROMOTE", "ROLLBACK") or name is None:
            continue
        place = names.index(name)
        axes.axvline(place, color=MUTED, linewidth=1, linestyle="--")
        axes.annotate(each.decision.lower(), (place, 1), xycoords=("data", "axes fraction"), fontsize=8, color=MUTED)
