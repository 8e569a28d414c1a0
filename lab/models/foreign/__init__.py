"""Foreign checkpoints: other programs' files read as genotypes."""
