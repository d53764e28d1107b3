if has_store(config):
    contract = without_stored(contract)
