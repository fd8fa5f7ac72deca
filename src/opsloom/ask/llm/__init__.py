"""Language models: optional, behind the breaker, within a budget, and never trusted."""
