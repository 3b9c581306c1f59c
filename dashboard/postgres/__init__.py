"""Everything that talks to the server: engines, reads, the contract, bulk loads, the embedded PostgreSQL."""
