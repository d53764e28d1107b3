from .feature_store import store_features
