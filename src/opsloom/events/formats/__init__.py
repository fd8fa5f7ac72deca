"""What other systems send, read into events and metric points. Pure."""
