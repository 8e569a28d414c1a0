"""Alignment: later parents' neurons put in the order of the first."""
