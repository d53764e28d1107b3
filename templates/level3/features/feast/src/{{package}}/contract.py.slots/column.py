# Whether the feature store brings it.
stored: bool = False
