"""Incidents: alerts that belong together, as one thing that people take care of."""
