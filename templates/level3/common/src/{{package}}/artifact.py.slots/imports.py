from .own_code import has_other_code, load_with_own_code
