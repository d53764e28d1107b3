if column.stored:
    return Field(default=None, alias=column.name, description="where it is not given, from the feature store")
