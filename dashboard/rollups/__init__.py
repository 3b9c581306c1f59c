"""Everything precomputed: which sums and rows are kept, how they are built, and how they are read."""
