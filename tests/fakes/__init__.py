"""Stand-ins for the world outside; each passes the contract tests of the real thing."""
