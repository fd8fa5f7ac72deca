"""What there is to operate: configuration items, relations, and the metrics of both."""
