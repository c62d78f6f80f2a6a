"""What is unusual just now, who was told of it, and what is usual."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, PrimaryKeyConstraint, Table, Text

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
    Index("alert_by_end", "ended_at", "id"),
    sqlite_autoincrement=True,
)

told = Table(
    "told",
    metadata,
    Column("alarm", Text, nullable=False),
    Column("alert", BigInteger, nullable=False),  # it has heard that this began
    Column("ended", Boolean, nullable=False),  # and that it ended
    PrimaryKeyConstraint("alarm", "alert"),
    sqlite_with_rowid=False,
)

rhythm = Table(
    "rhythm",
    metadata,
    Column("feed", Text, nullable=False),
    Column("hour", Integer, nullable=False),  # of the week, local time: 0 is Monday 00:00 to 01:00
    Column(
        "gaps", Text, nullable=False
    ),  # JSON: the longest time without a message in each of the last few of these hours
    PrimaryKeyConstraint("feed", "hour"),
    sqlite_with_rowid=False,
)

listened = Table(
    "listened",
    metadata,
    Column("feed", Text, primary_key=True),
    Column("entry", BigInteger, nullable=False),  # the rhythm knows all messages as far as this one
    Column("at", BigInteger, nullable=False),  # when that came
    Column("longest", BigInteger, nullable=False),  # time without a message that touched the hour it came in
)
