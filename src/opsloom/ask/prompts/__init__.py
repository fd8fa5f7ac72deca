"""Prompts: what is said to language models, as assets with a lifecycle, and as built-in texts where there is none."""
