"""Tenants, users, roles, sessions, API keys, and the audit log. Defines `Scope`, who acts and where."""
