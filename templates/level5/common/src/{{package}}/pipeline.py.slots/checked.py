from .repairs import repair_all

checked = repair_all(config, contract, checked)
