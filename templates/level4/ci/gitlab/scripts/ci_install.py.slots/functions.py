def brought(repository: Path, prefix: str) -> list[tuple[Path, Path]]:
    """Return the pipeline, and where it goes."""
    return [(ROOT / ".gitlab" / "mlops.yml", repository / ".gitlab" / f"{prefix}-mlops.yml")]


def include(repository: Path, target: Path) -> None:
    """Let the pipeline of the repository include ours, or say how where there is one already."""
    line = f"include: [{{local: {target.relative_to(repository).as_posix()}}}]"
    root = repository / FOUND
    if not root.exists():
        root.write_text(f"{line}\n", encoding="utf-8")
        print(f"{KIND:<10} {root.name} includes it: commit it, too")
    elif target.name not in root.read_text(encoding="utf-8"):
        print(f"Add to {root}: {line}")


def for_subfolder(text: str, folder: str) -> str:
    """Return the pipeline for a subfolder: jobs of its own names, which run when something in it has changed."""
    changed = text.replace("FOLDER: .\n", f"FOLDER: {folder}\n").replace("reports/ci", f"{folder}/reports/ci")
    changed = changed.replace("[dist, ", f"[{folder}/dist, ").replace("[docs/", f"[{folder}/docs/")
    prefix = folder.replace("/", "-")
    for job in ("ci-", "deploy-", "release:"):
        changed = changed.replace(f"\n{job}", f"\n{prefix}-{job}")
    for job in ("[ci-", ", ci-", "[deploy-"):
        changed = changed.replace(job, job.replace("ci-", f"{prefix}-ci-").replace("deploy-", f"{prefix}-deploy-"))
    changed = changed.replace(".mlops", f".{prefix}-mlops")
    for rule in ("$CI_COMMIT_TAG == null\n", "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH\n"):
        changed = changed.replace(rule, f'{rule}      changes: ["{folder}/**/*"]\n')
    return changed
