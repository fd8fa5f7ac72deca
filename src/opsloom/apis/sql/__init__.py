"""Users' SQL: how it is read, what is refused, how it is wrapped. Pure but for `verdict`, which asks PostgreSQL."""
