
.PHONY: serve
serve: | $(RUN) ## answer predictions over HTTP with the champion, as mlops.yaml says
	@$(RUN) serve
