"""Turns results into answer blocks, in the language of the question, every number with its reference."""
