from .review import require_review
