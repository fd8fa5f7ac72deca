"""Opsloom: a self-hosted operations workbench."""

__version__ = "0.1.0"
