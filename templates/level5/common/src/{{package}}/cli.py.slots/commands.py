"improve": ("improve", "decide whether to train again, by the guards of policy.yaml"),
"simulate": ("simulate", "let things go wrong on purpose, and see what the controller decides"),
"rollback-drill": ("drill", "exercise going back to the version before, and to the champion again"),
