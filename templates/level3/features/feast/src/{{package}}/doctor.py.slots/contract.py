contract = without_stored(contract)
