
.PHONY: ci-install
ci-install: ## bring the workflows to the root of a repository that this is a subfolder of
	@$(PYTHON) scripts/ci_install.py
