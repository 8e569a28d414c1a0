"""Schemas: one dataclass of keys, types and ranges a command."""
