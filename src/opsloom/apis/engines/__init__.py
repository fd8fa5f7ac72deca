"""Engines: what runs the logic of an API. One protocol, one engine for each type of logic."""
