print(describe_estimates(summary))
