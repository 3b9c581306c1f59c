"""How an answer is read, once the router has decided from what: a file for each way."""
