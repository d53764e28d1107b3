

def check_workflows(config: Config, _settings: Settings) -> str:
    """Workflows name actions by their commit, ask for no more rights than they need, and keep what they are given."""
    folder = ".github"
    zizmor = Path(sys.executable).with_name("zizmor")
    result = _run(config, [str(zizmor), "--offline", "--quiet", "--no-progress", "--format", "plain", folder])
    if result.returncode:
        found = re.findall(r"^(?:error|warning|help|info)\[.+$", result.stdout, re.MULTILINE)
        raise ProjectError("; ".join(found) or f"zizmor failed: {result.stderr.strip()[-300:]}")
    return f"zizmor finds nothing in {folder}"


CHECKS["workflows"] = check_workflows
