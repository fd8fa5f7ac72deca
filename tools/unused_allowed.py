"""Names that look unused to vulture and are used by a framework; each with its reason."""
