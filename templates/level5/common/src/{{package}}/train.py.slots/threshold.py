worth = worth_of_decisions(config)
if worth is not None:
    return rounds, best_threshold(outcomes, str(contract.positive), worth, DEFAULT_THRESHOLD)
