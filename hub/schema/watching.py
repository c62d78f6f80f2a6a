"""What is unusual just now, and what is usual."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, PrimaryKeyConstraint, Table, Text

from hub.schema.declaring import Serial, metadata

alert = Table(
    "alert",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("kind", Text, nullable=False),  # silent, refusing, backlog, destination …
    Column("subject", Text, nullable=False),  # the feed or destination
    Column("began_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),  # null while it lasts
    Column("detail", Text, nullable=False),  # JSON: msgid, args
    Index("alert_by_subject", "kind", "subject", "ended_at"),
    sqlite_autoincrement=True,
)

rhythm = Table(
    "rhythm",
    metadata,
    Column("feed", Text, nullable=False),
    Column("hour", Integer, nullable=False),  # of the week, local time: 0 is Monday 00:00 to 01:00
    Column("messages", BigInteger, nullable=False),
    Column("gap", BigInteger, nullable=False),  # the usual time between two messages, microseconds
    PrimaryKeyConstraint("feed", "hour"),
    sqlite_with_rowid=False,
)
