"""Simple queries as a drawing: a typed model, read from SQL and written as SQL, both ways without losing anything."""
