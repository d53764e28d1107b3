from .repairs import repairs_digest

parts.append(repairs_digest(config))
