"""Senders that sign what they send in shapes of their own."""
