"""Connections to other systems: what they are, their secrets, and the one guarded way to use them."""
