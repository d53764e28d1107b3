from .stored import has_store, read_stored, without_stored
