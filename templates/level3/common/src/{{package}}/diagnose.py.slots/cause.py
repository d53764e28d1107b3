from .causes import describe_cause, find_cause, with_cause

verdict = find_cause(config, contract, log, str(period))
if arguments.json:
    print(with_cause(_as_json(period, changes, segments), verdict))
    return OK
print(describe_cause(verdict))
