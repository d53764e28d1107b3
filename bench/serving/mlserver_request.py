"""A row in the protocol that MLServer speaks, V2: one tensor a column."""


def as_v2(row):
    """Return the request for one row of texts and numbers."""
    return {"parameters": {"content_type": "pd"}, "inputs": [_tensor(name, value) for name, value in row.items()]}


def _tensor(name, value):
    is_text = isinstance(value, str)
    kind = {"datatype": "BYTES", "parameters": {"content_type": "str"}} if is_text else {"datatype": "FP64"}
    return {"name": name, "shape": [1], "data": [value], **kind}
