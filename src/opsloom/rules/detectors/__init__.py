"""What rules of each kind look for: one module a kind, each with what a rule asks (its logic) and how it is found (its detector)."""
