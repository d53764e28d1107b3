
# A version: of the data for `make data` and `make pipeline`, of the model for promote, release and docs.
VERSION ?=
# environments/$(ENV).yaml changes params.yaml.
ENV ?= prod
FORCE ?=
DATA_FLAGS = $(if $(VERSION),--version "$$VERSION")
RELEASE_FLAGS = $(if $(VERSION),--version "$$VERSION")
export VERSION ENV RUN_ID
