"""Circuit breakers, deadlines, retries and bulkheads: pure, so that tests own the clock."""
