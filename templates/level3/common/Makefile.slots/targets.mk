
.PHONY: serve
serve: | $(RUN) ## answer predictions over HTTP with the champion, as mlops.yaml says
	@$(RUN) serve

.PHONY: pipeline
pipeline: | $(RUN) ## train by the pipeline: ENV=, VERSION= of the data, FORCE=1
	@$(RUN) pipeline --env "$$ENV" $(if $(VERSION),--data "$$VERSION") $(if $(FORCE),--force)

.PHONY: env-fingerprint
env-fingerprint: | $(RUN) ## print what identifies the environment
	@$(RUN) env-fingerprint
