"""Networks, on the hypersphere and off it: genotype, forward passes, individuals on disk."""
