"""Tools: what a program or a language model may do here, with schemas, saved cases and a history of runs."""
