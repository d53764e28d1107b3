def brought(repository: Path, prefix: str) -> list[tuple[Path, Path]]:
    """Return each workflow, and where it goes."""
    sources = sorted((ROOT / FOUND).glob("mlops-*.yml"))
    return [(source, repository / FOUND / f"{prefix}-{source.name}") for source in sources]


def for_subfolder(text: str, folder: str) -> str:
    """Return a workflow that works in a subfolder, and only runs when something in it has changed."""
    name = text.split("name: ", 1)[1].split("\n", 1)[0]
    changed = text.replace(f"name: {name}\n", f"name: {name} of {folder}\n", 1)
    changed = changed.replace("working-directory: .\n", f"working-directory: {folder}\n")
    changed = changed.replace("path: reports/ci\n", f"path: {folder}/reports/ci\n")
    changed = changed.replace("            docs/", f"            {folder}/docs/")
    prefix = folder.replace("/", "-")
    changed = changed.replace("/workflows/mlops-", f"/workflows/{prefix}-mlops-")
    changed = changed.replace("group: deploy-", f"group: {prefix}-deploy-")
    only = f'    paths: ["{folder}/**"]\n'
    return changed.replace("  push:\n  pull_request:\n", f"  push:\n{only}  pull_request:\n{only}")
