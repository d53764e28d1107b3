from .feature_store import complete_file
