from .routing import AssignmentKey
