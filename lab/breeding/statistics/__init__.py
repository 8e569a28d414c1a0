"""Statistics: scores, effects, intervals and tests; no torch here."""
