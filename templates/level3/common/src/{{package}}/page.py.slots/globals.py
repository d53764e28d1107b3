from .estimates import read_estimates

environment.globals["estimated"] = read_estimates(config)
