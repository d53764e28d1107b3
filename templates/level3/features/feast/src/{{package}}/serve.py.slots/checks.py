require_store(config, load_contract(config))
