
# Which job of CI runs which tests; those that are named nowhere here are tests of the code.
DATA_TESTS := $(wildcard tests/test_contract.py tests/test_cleaning.py tests/test_data*.py)
MODEL_TESTS := $(wildcard $(addprefix tests/test_,features.py feature_units.py model_methods.py convergence.py \
    no_nan.py regression.py skew.py))
PIPELINE_TESTS := $(wildcard tests/test_pipeline.py tests/test_component_*.py tests/test_commands.py)
CODE_TESTS := $(filter-out $(DATA_TESTS) $(MODEL_TESTS) $(PIPELINE_TESTS),$(wildcard tests/test_*.py))
# The sample is made where it is not in git; where it is, the jobs need neither the source of the data nor a network.
CI_GOLDEN := $(if $(wildcard $(GOLDEN)),,$(GOLDEN))
# Runs tests and measures which lines they run: $(call ci_tests,JOB,FILES).
ci_tests = mkdir -p reports/ci/coverage && COVERAGE_FILE=reports/ci/coverage/$(1) .venv/bin/pytest --cov \
    --cov-report= --cov-fail-under=0 --junitxml=reports/ci/$(1).xml $(2)
TAG ?=
export TAG
