"""What fills the warehouse: one package per source, each turning foreign records into the contract's rows."""
