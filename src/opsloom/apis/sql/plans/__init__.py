"""Plans of queries as one kind of tree, whichever database made them. Pure."""
