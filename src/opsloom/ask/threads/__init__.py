"""Threads: questions that follow each other, one's own or shared for reading."""
