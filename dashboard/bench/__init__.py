"""The benchmark: a history of any length by bulk SQL, and what every page costs on it."""
