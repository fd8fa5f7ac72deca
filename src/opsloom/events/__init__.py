"""Events: taking them in, keeping them, showing them, and feeding them to whoever follows."""
