"""What is measured: facts (rows), metrics (definitions over them) and the SQL that asks for them.

Nothing here opens a connection; `dashboard.warehouse.measure` runs what this package writes.
"""
