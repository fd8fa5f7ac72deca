"""Alertmanager's API (v2) for alerts and silences, so that Prometheus, amtool and their like work with Opsloom."""
