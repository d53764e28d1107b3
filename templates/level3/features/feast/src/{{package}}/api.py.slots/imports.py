from .feature_store import OnlineFeatures
