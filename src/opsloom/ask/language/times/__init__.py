"""Time expressions of both languages, read into half-open intervals."""
