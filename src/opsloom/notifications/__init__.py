"""Telling people and programs about alerts: channels, the delivery pipeline and the ledger of what became of each."""
