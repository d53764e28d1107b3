
.PHONY: data
data: | $(RUN) ## collect new data, check it and clean it
	@$(RUN) data $(DATA_FLAGS)

$(CLEAN): | $(RUN)
	@$(RUN) data

train: | $(CLEAN)

.PHONY: golden
golden: | $(RUN) $(CLEAN) ## record predictions, metric floor and API that the tests compare with
	@$(RUN) golden

$(GOLDEN): | $(RUN) $(CLEAN)
	@$(RUN) golden

.PHONY: lint
lint: | $(RUN) ## check style and types
	@.venv/bin/ruff check .
	@.venv/bin/mypy

.PHONY: format
format: | $(RUN) ## format the code
	@.venv/bin/ruff format .

.PHONY: test
test: $(GOLDEN) ## run the tests
	@.venv/bin/pytest $(TESTS)

.PHONY: check
check: lint test ## lint, types and tests

.PHONY: build
build: $(WHEEL) ## build the wheel

$(WHEEL): pyproject.toml $(CODE) | $(RUN)
	@rm -rf dist
	@PATH="$(CURDIR)/.venv/bin:$$PATH" .venv/bin/python -m build --quiet --wheel --no-isolation
	@touch $@

.PHONY: daily
daily: | $(RUN) ## collect data and monitor, as the schedule does
	@$(RUN) daily

.PHONY: schedule
schedule: | $(RUN) ## show the schedule, or set it: HOW=cron, systemd or none; WHEN=
	@$(RUN) schedule "$${HOW:-show}" --when "$$WHEN"

# Every step of `all` is run only when something that it is made from has changed.
.PHONY: all
all: data ## data, train, golden, build, predict, monitor: what is not up to date
	@$(MAKE) --no-print-directory reports/monitor.json build $(GOLDEN)

models/signature.json: $(CLEAN) mlops.yaml contract.yaml $(CODE) | $(RUN)
	@$(RUN) train

$(OUT): models/signature.json
	@$(RUN) predict "$$IN" "$$OUT"

reports/monitor.json: $(OUT)
# Too few labels in a month of examples, 4, are no reason to stop; an ALERT, 3, is one.
	@$(RUN) monitor $(if $(ACTUALS),--actuals "$$ACTUALS") || [ $$? -eq 4 ]
