"""Plain mathematics over numbers: nothing here knows a metric, a scope or a database."""
