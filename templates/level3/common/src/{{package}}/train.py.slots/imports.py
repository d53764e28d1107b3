from .params import use_hyperparameters
