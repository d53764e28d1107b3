"""Train a model, predict with it, and watch how it does. `python -m` this package lists the commands."""
