"""Networks that live on the hypersphere: geometry, genotype, forward pass, individuals on disk."""
