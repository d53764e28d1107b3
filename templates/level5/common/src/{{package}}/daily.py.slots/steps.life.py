from .policy import read_policy

# Where people have to label before anything can be learned, they are told what to label.
if read_policy(config).data_kind != "tabular":
    steps.append(["label-queue"])
steps += [["measure"], ["status"]]
