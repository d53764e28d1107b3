
.PHONY: improve
improve: | $(PROGRAM) ## decide whether to train again, by the guards of policy.yaml; it is always recorded
	@$(PROGRAM) improve

.PHONY: simulate
simulate: | $(PROGRAM) ## let things go wrong on purpose, and see what the controller decides: WITHOUT=G2
	@$(PROGRAM) simulate $(if $(WITHOUT),--without "$$WITHOUT") $(if $(ONLY),--only "$$ONLY")

.PHONY: rollback-drill
rollback-drill: | $(PROGRAM) ## exercise going back to the version before, and to the champion again
	@$(PROGRAM) rollback-drill
