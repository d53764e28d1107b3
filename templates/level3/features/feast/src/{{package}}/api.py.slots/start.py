online = OnlineFeatures(config, contract)
