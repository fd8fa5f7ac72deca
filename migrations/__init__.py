"""The database's history, applied by `opsloom migrate` and by `opsloom serve` on the embedded server."""
