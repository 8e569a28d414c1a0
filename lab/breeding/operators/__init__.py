"""The crossover operators, one a file; the file, its function and conf/crossover share a name."""
