"improve": ("improve", "decide whether to train again, by the guards of policy.yaml"),
