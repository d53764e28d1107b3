# How a version comes into use beside the champion: shadow, canary or ab.
MODE ?= canary
# A prediction, by its prediction_id.
ID ?=
# An environment whose service is meant, where it is not that of make serve.
ON ?=
ON_FLAG = $(if $(ON),--on "$$ON")
export MODE ID ON
