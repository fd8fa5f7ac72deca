"""Things that are due at an instant of an incident's life, each done once."""
