self._online = OnlineFeatures(live.config, live.contract)
