"""Who read what; append-only, in a place of its own."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, Table, Text

from hub.schema.declaring import AUDIT, Serial, metadata

event = Table(
    "event",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("client", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("action", Text, nullable=False),  # read, vread, history, search, everything, show, export, denied …
    Column("resource_type", Text, nullable=False),
    Column("resource_id", Text, nullable=False),
    Column("persons", Text, nullable=False),  # JSON list: whose records were in the answer
    Column("query", Text, nullable=False),  # as asked; read only by auditors
    Column("outcome", Text, nullable=False),  # ok, or the refusal
    Column("resources", Integer, nullable=False),  # how many were in the answer
    schema=AUDIT,
    sqlite_autoincrement=True,
)
