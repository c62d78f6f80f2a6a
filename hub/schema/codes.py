"""Codes nobody has mapped yet, and the messages that used them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, PrimaryKeyConstraint, Table

from hub.schema.declaring import metadata

gap = Table(
    "gap",
    metadata,
    Column("review", BigInteger, nullable=False),  # the question which code it is
    Column("entry", BigInteger, nullable=False),  # a message that used it
    PrimaryKeyConstraint("review", "entry"),
    Index("gap_of_message", "entry"),
    sqlite_with_rowid=False,
)
