"""HTTP logic: an upstream called through a connection, its answer turned into rows."""
