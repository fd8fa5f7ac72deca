"""How many events a tenant keeps, and the disk space of those it does not."""
