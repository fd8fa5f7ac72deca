"""Escalation: who is told of an incident that nobody has taken, after how long; and within what time it has to be taken and ended."""
