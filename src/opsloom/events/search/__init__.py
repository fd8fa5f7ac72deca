"""Looking at stored events: narrowing, counting, following, taking away."""
