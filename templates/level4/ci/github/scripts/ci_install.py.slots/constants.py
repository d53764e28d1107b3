SERVICE = "GitHub"
KIND = "Workflow"
FOUND = Path(".github/workflows")
