"""SQL databases: one session for all of them, and what each does its own way."""
