# For `make simulate`: a guard to leave out, and a part of the names of scenarios.
WITHOUT ?=
ONLY ?=
export WITHOUT ONLY
