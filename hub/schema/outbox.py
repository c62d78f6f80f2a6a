"""What others must still hear."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

from hub.schema.declaring import Serial, metadata

delivery = Table(
    "delivery",
    metadata,
    Column("id", Serial, primary_key=True),  # one order for each destination
    Column("destination", Text, nullable=False),
    Column("entry", BigInteger, nullable=False),  # the message that is told; 0 = an identity change
    Column("part", Integer, nullable=False),  # which document of the message, 0 = itself; of a change its number
    Column("status", Text, nullable=False),  # waiting, sending, sent, failed, unknown, dropped
    Column("attempts", Integer, nullable=False),
    Column("queued_at", BigInteger, nullable=False),
    Column("settled_at", BigInteger),
    Column("reason", Text),  # JSON: msgid, args, code, place
    Column("answer", LargeBinary),  # what the other side said, as it came
    UniqueConstraint("destination", "entry", "part"),
    Index("delivery_by_status", "destination", "status", "id"),
    Index("delivery_of_message", "entry"),
    sqlite_autoincrement=True,
)

delivery_count = Table(
    "delivery_count",
    metadata,
    Column("destination", Text, nullable=False),
    Column("status", Text, nullable=False),  # sent, failed, unknown
    Column("deliveries", BigInteger, nullable=False),  # how many attempts have ended so
    PrimaryKeyConstraint("destination", "status"),
)
