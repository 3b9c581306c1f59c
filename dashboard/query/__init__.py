"""The one way to ask: `measure`, the router between facts and rollups, shared cached reads."""
