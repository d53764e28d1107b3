
.PHONY: serve
serve: | $(PROGRAM) ## answer predictions over HTTP with the champion, as mlops.yaml says
	@$(PROGRAM) serve

.PHONY: pipeline
pipeline: | $(PROGRAM) ## train by the pipeline: ENV=, VERSION= of the data, FORCE=1
	@$(PROGRAM) pipeline --env "$$ENV" $(if $(VERSION),--data "$$VERSION") $(if $(FORCE),--force)

.PHONY: trigger
trigger: | $(PROGRAM) ## train if there is new data
	@$(PROGRAM) trigger --env "$$ENV"

.PHONY: tune
tune: | $(PROGRAM) $(CLEAN) ## search for better hyperparameters, write them to params.yaml
	@$(PROGRAM) tune

.PHONY: versions
versions: | $(PROGRAM) ## list the versions of the model and of the data
	@$(PROGRAM) versions
	@$(PROGRAM) versions --data

.PHONY: promote
promote: | $(PROGRAM) ## put VERSION= of the model into use
	@$(PROGRAM) promote "$$VERSION"

.PHONY: rollback
rollback: | $(PROGRAM) ## go back to the version before: model, data, environment
	@$(PROGRAM) rollback

.PHONY: reproduce
reproduce: | $(PROGRAM) ## make the model of RUN= again, and compare
	@$(PROGRAM) reproduce "$$RUN"

.PHONY: compare
compare: | $(PROGRAM) ## compare two runs: RUNS="1 2", else the newest two
	@$(PROGRAM) compare $(RUNS)

.PHONY: docs
docs: | $(PROGRAM) ## write model card and data sheet: RUN=, else the champion
	@$(PROGRAM) docs $(if $(RUN),"$$RUN")

.PHONY: ui
ui: | $(PROGRAM) ## open the pages of runs and versions
	@$(PROGRAM) ui

.PHONY: env-fingerprint
env-fingerprint: | $(PROGRAM) ## print what identifies the environment
	@$(PROGRAM) env-fingerprint
