
# What the hosted CI runs, one target a job. A network is needed by those that install: ci-package the wheel, and
# ci-pipeline what predicting needs, in a clean environment (uv takes it from its cache, pip does not).
.PHONY: ci
ci: ## run here what the hosted CI runs
	@$(MAKE) --no-print-directory ci-lint ci-code ci-data ci-model ci-pipeline ci-coverage ci-package ci-performance \
	    ci-security ci-report

.PHONY: ci-lint
ci-lint: | $(PROGRAM) ## CI: style, format and types
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy

.PHONY: ci-code
ci-code: $(CI_GOLDEN) | $(PROGRAM) ## CI: tests of the code
	@$(call ci_tests,code,$(CODE_TESTS))

.PHONY: ci-data
ci-data: $(CI_GOLDEN) | $(PROGRAM) ## CI: tests of the data and its contract
	@$(call ci_tests,data,$(DATA_TESTS))

.PHONY: ci-model
ci-model: $(CI_GOLDEN) | $(PROGRAM) ## CI: features, methods of the model, convergence, no NaN, regression, skew
	@$(call ci_tests,model,$(MODEL_TESTS))

.PHONY: ci-pipeline
ci-pipeline: $(CI_GOLDEN) | $(PROGRAM) ## CI: each step and all together, on the sample; then cd-check of what came out
	@$(call ci_tests,pipeline,$(PIPELINE_TESTS))
	@COVERAGE_FILE=reports/ci/coverage/rehearsal .venv/bin/coverage run $(PROGRAM) rehearse

.PHONY: ci-coverage
ci-coverage: | $(PROGRAM) ## CI: which lines the tests of all jobs have run
	@COVERAGE_FILE=reports/ci/all.coverage .venv/bin/coverage combine --quiet --keep reports/ci/coverage/*
	@COVERAGE_FILE=reports/ci/all.coverage .venv/bin/coverage json --quiet --fail-under=0 -o reports/ci/coverage.json
	@$(PROGRAM) coverage

.PHONY: ci-package
ci-package: build ## CI: the wheel, installed in a clean environment
	@.venv/bin/python scripts/check_wheel.py

.PHONY: ci-performance
ci-performance: $(CI_GOLDEN) | $(PROGRAM) ## CI: time and memory beside the recorded ones
	@$(PROGRAM) performance

.PHONY: ci-security
ci-security: | $(PROGRAM) ## CI: secrets, known holes in dependencies, list of what is installed
	@$(PROGRAM) security

.PHONY: ci-report
ci-report: | $(PROGRAM) ## CI: write reports/ci/report.md from what the other jobs have left
	@$(PROGRAM) ci-report

.PHONY: ci-notes
ci-notes: | $(PROGRAM) ## CI: write the notes of the release TAG= from commits and docs/releases
	@$(PROGRAM) release-notes --tag "$$TAG"

.PHONY: cd-check
cd-check: $(CI_GOLDEN) | $(PROGRAM) ## check a version before it is delivered: VERSION=, else the newest candidate
	@$(PROGRAM) cd-check $(if $(VERSION),"$$VERSION")

.PHONY: review
review: | $(PROGRAM) ## begin the review of VERSION=, in docs/reviews
	@$(PROGRAM) review $(if $(VERSION),"$$VERSION")

.PHONY: review-check
review-check: | $(PROGRAM) ## fail unless VERSION= was reviewed and approved
	@$(PROGRAM) review --check $(if $(VERSION),"$$VERSION")

.PHONY: release-notes
release-notes: | $(PROGRAM) ## write what VERSION= changes, in docs/releases
	@$(PROGRAM) release-notes $(if $(VERSION),"$$VERSION")
