"""Rearing individuals: one loop for every model, its schedules, its scores, its safety."""
