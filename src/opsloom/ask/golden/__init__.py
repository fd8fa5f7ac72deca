"""Golden questions: what must be answered to what, run again and again, so that a change that breaks an answer is seen."""
