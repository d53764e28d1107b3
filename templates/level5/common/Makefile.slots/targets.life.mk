
.PHONY: act
act: | $(PROGRAM) ## do something else than training again: ACTION=, WHO=, REASON= (docs/playbook.md)
	@$(PROGRAM) act "$$ACTION" --who "$$WHO" --reason "$$REASON" $(if $(PERIOD),--period "$$PERIOD") $(ON_FLAG)

.PHONY: freeze
freeze: | $(PROGRAM) ## let the controller do nothing: WHO= and REASON=
	@$(PROGRAM) override freeze --who "$$WHO" --reason "$$REASON"

.PHONY: unfreeze
unfreeze: | $(PROGRAM) ## let the controller go on: WHO= and REASON=
	@$(PROGRAM) override unfreeze --who "$$WHO" --reason "$$REASON"

.PHONY: veto
veto: | $(PROGRAM) ## refuse DECISION= of the controller: WHO= and REASON=; make approve DECISION= agrees
	@$(PROGRAM) override veto $(if $(DECISION),--decision "$$DECISION") --who "$$WHO" --reason "$$REASON"

.PHONY: postmortem
postmortem: | $(PROGRAM) ## open the record of an incident, and make a test of its rows: NAME=, PERIOD=
	@$(PROGRAM) postmortem "$$NAME" $(if $(PERIOD),--period "$$PERIOD")

.PHONY: freshness
freshness: | $(PROGRAM) ## tell how old sources and inputs are, and what is older than policy.yaml allows
	@$(PROGRAM) freshness

.PHONY: measures
measures: | $(PROGRAM) ## list what is measured about the model's life, with the newest values
	@$(PROGRAM) measure --list

.PHONY: label-queue
label-queue: | $(PROGRAM) ## say which predictions people should label first
	@$(PROGRAM) label-queue

.PHONY: status
status: | $(PROGRAM) ## write reports/status.html: the model's life on one page
	@$(PROGRAM) status
