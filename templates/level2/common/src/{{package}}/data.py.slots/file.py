path = collected(config, instead_of=path)
