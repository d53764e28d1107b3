from .worth import best_threshold, worth_of_decisions
