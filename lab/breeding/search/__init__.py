"""Search: which coefficients and which children, by scores on select."""
