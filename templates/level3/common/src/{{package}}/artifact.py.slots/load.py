if has_other_code(folder):
    return Artifact(load_with_own_code(folder / MODEL), signature)
