"""Codes nobody has mapped yet, and the messages that used them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, PrimaryKeyConstraint, Table

from hub.schema.declaring import metadata

gap = Table(
    "gap",
    metadata,
    Column("review", BigInteger, nullable=False),  # the question which code it is
    Column("entry", BigInteger, nullable=False),  # a message that used it; of a replay, the one it repeats
    Column("replay", BigInteger),  # what went through again since it was answered; none while it waits
    PrimaryKeyConstraint("review", "entry"),
    Index("gap_to_replay", "review", "replay", "entry"),
    Index("gap_of_message", "entry"),
    sqlite_with_rowid=False,
)
