"""Outboxes in applications' databases, by kind of driver: `dbapi` is for any of PEP 249."""
