.PHONY: data
data: | $(RUN) ## collect new data, check it and clean it
	@$(RUN) data

$(CLEAN): | $(RUN)
	@$(RUN) data

train: | $(CLEAN)
