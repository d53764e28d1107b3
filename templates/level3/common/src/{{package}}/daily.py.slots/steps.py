# New data is a reason to train: what comes of it is a candidate, which a person puts into use.
steps[0] = ["trigger"]
