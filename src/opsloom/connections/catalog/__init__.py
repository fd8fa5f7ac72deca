"""What is inside a connection's database: scanned facts, and people's words for them."""
