
.PHONY: rollout-start
rollout-start: | $(PROGRAM) ## let VERSION= (the challenger) answer beside the champion: MODE=shadow, canary or ab
	@$(PROGRAM) rollout start --mode "$$MODE" $(if $(VERSION),--version "$$VERSION") $(ON_FLAG)

.PHONY: rollout-advance
rollout-advance: | $(PROGRAM) ## go to the next step of the rollout; after the last the candidate is the champion
	@$(PROGRAM) rollout advance $(ON_FLAG)

.PHONY: rollout-stop
rollout-stop: | $(PROGRAM) ## let the champion answer everything again: REASON=
	@$(PROGRAM) rollout stop --reason "$$REASON" $(ON_FLAG)

.PHONY: rollout-status
rollout-status: | $(PROGRAM) ## show the rollout, and who answered how much of it
	@$(PROGRAM) rollout status $(ON_FLAG)

.PHONY: ab-report
ab-report: | $(PROGRAM) ## decide the A/B test, write reports/ab.json and .md
	@$(PROGRAM) ab-report $(ON_FLAG)

.PHONY: deploy
deploy: $(CI_GOLDEN) | $(PROGRAM) ## deploy to ENV=test, pre-production or production; VERSION= for test
	@$(PROGRAM) deploy "$$ENV" $(if $(VERSION),--version "$$VERSION")

.PHONY: deploy-back
deploy-back: | $(PROGRAM) ## deploy to ENV= again what was there before
	@$(PROGRAM) deploy "$$ENV" --back

.PHONY: approve
approve: | $(PROGRAM) ## approve what runs in pre-production for production: WHO= and REASON=
	@$(PROGRAM) approve $(APPROVE_FLAGS) --who "$$WHO" --reason "$$REASON"

.PHONY: teardown
teardown: | $(PROGRAM) ## stop and remove what is deployed to ENV=
	@$(PROGRAM) teardown "$$ENV"

.PHONY: lineage
lineage: | $(PROGRAM) ## follow the prediction ID= to its model, run, commit, data and raw files
	@$(PROGRAM) lineage "$$ID"
