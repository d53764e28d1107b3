use_hyperparameters(config)
