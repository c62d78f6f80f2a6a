"""What became of each message, written in the apply transaction."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, PrimaryKeyConstraint, Table, Text

from hub.schema.declaring import metadata

progress = Table(
    "progress",
    metadata,
    Column("feed", Text, primary_key=True),
    Column("entry", BigInteger, nullable=False),  # the newest entry settled; everything before it is settled too
)

settlement = Table(
    "settlement",
    metadata,
    Column("entry", BigInteger, primary_key=True, autoincrement=False),
    Column("feed", Text, nullable=False),
    Column("status", Text, nullable=False),  # applied, skipped, parked
    Column("code", Text, nullable=False),  # a stable word for the reason; empty when applied
    Column("reason", Text),  # JSON: msgid, args, place
    Column("settled_at", BigInteger, nullable=False),
    Column("replayed_as", BigInteger),  # the newest replay that was settled, whose outcome this row carries
    Index("settlement_by_status", "status", "feed", "entry"),
)

settled_count = Table(
    "settled_count",
    metadata,
    Column("feed", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("messages", BigInteger, nullable=False),
    PrimaryKeyConstraint("feed", "status"),
)

settlement_claim = Table(
    "settlement_claim",
    metadata,
    Column("claim", Text, nullable=False),
    Column("entry", BigInteger, nullable=False),
    PrimaryKeyConstraint("claim", "entry"),
    sqlite_with_rowid=False,
)
