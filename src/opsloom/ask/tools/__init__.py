"""What a plan may call. Each tool turns one kind of step into rows with the query that gave them."""
