"""A small made-up company to try the product on: the same every time, so that answers about it can be checked."""
