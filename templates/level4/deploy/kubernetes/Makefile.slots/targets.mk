
.PHONY: manifests
manifests: | $(PROGRAM) ## render and check what is applied to the cluster
	@$(PROGRAM) manifests

.PHONY: collect
collect: | $(PROGRAM) ## take over what the pods of ENV= have predicted
	@$(PROGRAM) collect "$$ENV"
