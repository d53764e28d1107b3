from .stored import without_stored
