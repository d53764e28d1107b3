from .promote import promote
