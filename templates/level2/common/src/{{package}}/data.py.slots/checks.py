check_training(config, contract, inputs, path)
