if arguments.version is not None:
    promote(config, arguments.version)
