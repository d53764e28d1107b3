remember_data(config, log.current())
