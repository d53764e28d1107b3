table = complete_file(config, contract, table)
