"""Nothing: what remains is the start."""
