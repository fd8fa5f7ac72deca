"""Traces: what this installation did, kept as parts and spans, searched, drawn and compared."""
