from .enforce import check_prediction

check_prediction(config, contract, inputs, source)
