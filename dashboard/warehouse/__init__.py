"""Everything that touches PostgreSQL: engines, the embedded server, the contract, reads and bulk loads."""
