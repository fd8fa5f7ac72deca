"""The log of runs as people read it: search, facets, metrics, keeping, and running a logged call again."""
