require_store(config)
