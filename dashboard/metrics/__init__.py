"""What is measured: facts (rows), metrics (definitions over them) and the SQL that asks for them.

Nothing here opens a connection; `dashboard.query.measure` runs what this package writes.
"""
