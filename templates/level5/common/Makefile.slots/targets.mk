
.PHONY: improve
improve: | $(PROGRAM) ## decide whether to train again, by the guards of policy.yaml; it is always recorded
	@$(PROGRAM) improve
