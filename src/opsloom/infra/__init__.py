"""Adapters to the world outside: database, jobs, HTTP, secrets, telemetry."""
