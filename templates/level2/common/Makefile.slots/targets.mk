
.PHONY: data
data: | $(PROGRAM) ## collect new data, check it and clean it
	@$(PROGRAM) data $(DATA_FLAGS)

$(CLEAN): | $(PROGRAM)
	@$(PROGRAM) data

train: | $(CLEAN)

.PHONY: golden
golden: | $(PROGRAM) $(CLEAN) ## record predictions, metric floor and API that the tests compare with
	@$(PROGRAM) golden

$(GOLDEN): | $(PROGRAM) $(CLEAN)
	@$(PROGRAM) golden

.PHONY: lint
lint: | $(PROGRAM) ## check style and types
	@.venv/bin/ruff check .
	@.venv/bin/mypy

.PHONY: format
format: | $(PROGRAM) ## format the code
	@.venv/bin/ruff format .

.PHONY: test
test: $(GOLDEN) ## run the tests
	@.venv/bin/pytest $(TESTS)

.PHONY: check
check: lint test ## lint, types and tests

.PHONY: build
build: $(WHEEL) ## build the wheel

$(WHEEL): pyproject.toml $(CODE) | $(PROGRAM)
	@rm -rf dist
	@PATH="$(CURDIR)/.venv/bin:$$PATH" .venv/bin/python -m build --quiet --wheel --no-isolation
	@touch $@

.PHONY: daily
daily: | $(PROGRAM) ## collect data and monitor, as the schedule does
	@$(PROGRAM) daily

.PHONY: schedule
schedule: | $(PROGRAM) ## show the schedule, or set it: HOW=cron, systemd or none; WHEN=
	@$(PROGRAM) schedule "$${HOW:-show}" --when "$$WHEN"

# Every step of `all` is run only when something that it is made from has changed.
.PHONY: all
all: data ## data, train, golden, build, predict, monitor: what is not up to date
	@$(MAKE) --no-print-directory reports/monitor.json build $(GOLDEN)

models/signature.json: $(CLEAN) mlops.yaml contract.yaml $(CODE) | $(PROGRAM)
	@$(PROGRAM) train

$(OUT): models/signature.json
	@$(PROGRAM) predict "$$IN" "$$OUT"

reports/monitor.json: $(OUT)
# Too few labels in a month of examples, 4, are no reason to stop; an ALERT, 3, is one.
	@$(PROGRAM) monitor $(if $(ACTUALS),--actuals "$$ACTUALS") || [ $$? -eq 4 ]
