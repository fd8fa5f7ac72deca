"""Schedules: an API run by the clock of a time zone, its runs in the background."""
