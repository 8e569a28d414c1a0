"""Generation: sampling characters with a key-value cache."""
