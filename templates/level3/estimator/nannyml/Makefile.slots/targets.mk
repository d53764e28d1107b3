
.PHONY: estimator
estimator: | $(PROGRAM) ## install NannyML, which estimates performance, into .nannyml
	@.venv/bin/python scripts/nannyml_setup.py
