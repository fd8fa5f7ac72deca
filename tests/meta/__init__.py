"""Tests made from the product's own descriptions: its API document, its settings, its errors, its schema."""
