if worth_of_decisions(config) is not None:
    return "worth most by roi.yaml, on the validation rows"
