"""The ways in for other systems' formats, over HTTP."""
