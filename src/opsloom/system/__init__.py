"""What the installation itself shows: the stream of messages, its health, its breakers and jobs."""
