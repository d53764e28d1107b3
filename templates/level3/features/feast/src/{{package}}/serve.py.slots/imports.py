from .feature_store import require_store
