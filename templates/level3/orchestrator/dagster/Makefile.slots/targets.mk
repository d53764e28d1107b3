
.PHONY: dagster
dagster: | $(PROGRAM) ## run Dagster's schedule, and open its pages
	@$(PROGRAM) dagster
