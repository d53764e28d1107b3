if arguments.version is not None:
    restore_data(config, arguments.version)
    return OK
