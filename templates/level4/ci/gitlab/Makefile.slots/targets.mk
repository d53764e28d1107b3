
.PHONY: ci-install
ci-install: ## include the pipeline at the root of a repository that this is a subfolder of
	@$(PYTHON) scripts/ci_install.py
