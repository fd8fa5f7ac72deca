"""Questions in Korean and English, answered with evidence that can be run again."""
