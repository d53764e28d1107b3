if arguments.decision is not None:
    from .decision import APPROVE
    from .override import judge

    judge(config, APPROVE, arguments.decision, arguments.who, arguments.reason)
    return OK
