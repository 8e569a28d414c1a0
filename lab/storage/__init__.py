"""Storage: durable files, verified folders, append-only logs."""
