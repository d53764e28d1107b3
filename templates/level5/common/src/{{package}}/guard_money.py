"""G4: is training again worth the money?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .decision import DEFER_COST
from .finding import Finding

if TYPE_CHECKING:
    from .policy import Policy
    from .situation import Situation


def is_worth_it(situation: Situation, policy: Policy) -> Finding:
    """The budget of the month holds it, and the expected gain is some times the cost."""
    limits, month = policy.money, situation.month
    if month.runs >= limits.max_runs_per_month:
        return Finding(DEFER_COST, f"{month.runs} retrainings this month, {limits.max_runs_per_month} are allowed")
    forecast = situation.forecast()
    evidence = {"gain": forecast.gain, "cost": forecast.cost, "spent": month.spent, **forecast.details}
    if month.spent + forecast.cost > limits.budget_per_month:
        reason = (
            f"it would cost {forecast.cost:,.2f}, {month.spent:,.2f} are spent this month, and the budget is "
            f"{limits.budget_per_month:,.2f}"
        )
        return Finding(DEFER_COST, reason, evidence)
    if forecast.gain is None:
        return Finding(DEFER_COST, f"what it would bring is not known: {forecast.unknown}", evidence)
    if forecast.gain < limits.gain_per_cost * forecast.cost:
        reason = (
            f"it would bring {forecast.gain:,.2f} within {limits.horizon_days:g} days and cost {forecast.cost:,.2f}; "
            f"{limits.gain_per_cost:g} times the cost is asked"
        )
        return Finding(DEFER_COST, reason, evidence)
    return Finding(evidence=evidence)
