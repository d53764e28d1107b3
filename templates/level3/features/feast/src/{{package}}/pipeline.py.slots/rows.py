if has_store(config):
    rows = store_features(config, contract, rows)
    # contract.yaml may have more columns now.
    inputs = _fingerprint(config, snapshots)
