# Training never touches the model in use.
folder = config.root / "models"
