
# What to do instead of training again: docs/playbook.md. PERIOD is one of monitoring, DECISION the number of a record.
ACTION ?=
PERIOD ?=
DECISION ?=
APPROVE_FLAGS = $(if $(DECISION),--decision "$$DECISION")
# An incident, in a few words.
NAME ?=
export ACTION PERIOD DECISION NAME
