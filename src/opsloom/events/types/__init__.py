"""The types of events that were seen, and what they are made of."""
