from .contract import load_contract
