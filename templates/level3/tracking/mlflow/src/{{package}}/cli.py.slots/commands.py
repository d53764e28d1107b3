"ui": ("ui", "open the pages of MLflow"),
