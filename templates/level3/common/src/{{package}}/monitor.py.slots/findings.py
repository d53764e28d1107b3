from .estimates import add_estimates, describe_estimates

add_estimates(config, contract, findings, log, summary)
