
# A version: of the data for `make data` and `make pipeline`, of the model for promote and release.
VERSION :=
# A run: a version of the model, an alias, or the beginning of a run's id. RUNS are two of them.
RUN :=
RUNS :=
# environments/$(ENV).yaml changes params.yaml.
ENV := prod
FORCE :=
DATA_FLAGS = $(if $(VERSION),--version "$$VERSION")
RELEASE_FLAGS = $(if $(VERSION),--version "$$VERSION")
export VERSION RUN ENV
