"incidents": lambda attempt: check_incidents(attempt.config, attempt.version.folder),
