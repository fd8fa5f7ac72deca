"""A rule tried before it is in force: over pasted facts, over a stretch of the past, or beside the live engine."""
