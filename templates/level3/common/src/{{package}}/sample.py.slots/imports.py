from .params import PARAMS_FILE
