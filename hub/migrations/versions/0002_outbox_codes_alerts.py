"""What must still be told, unmapped codes, answers of people, what is unusual, keys that name another thing now."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
)

revision, down_revision = "0002", "0001"

Serial = BigInteger().with_variant(Integer, "sqlite")


def record() -> None:
    op.create_table(
        "delivery",
        Column("id", Serial, primary_key=True),
        Column("destination", Text, nullable=False),
        Column("entry", BigInteger, nullable=False),
        Column("part", Integer, nullable=False),
        Column("status", Text, nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("queued_at", BigInteger, nullable=False),
        Column("settled_at", BigInteger),
        Column("reason", Text),
        Column("answer", LargeBinary),
        UniqueConstraint("destination", "entry", "part"),
        Index("delivery_by_status", "destination", "status", "id"),
        Index("delivery_of_message", "entry"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "delivery_count",
        Column("destination", Text, nullable=False),
        Column("status", Text, nullable=False),
        Column("deliveries", BigInteger, nullable=False),
        PrimaryKeyConstraint("destination", "status"),
    )
    op.create_table(
        "gap",
        Column("review", BigInteger, nullable=False),
        Column("entry", BigInteger, nullable=False),
        Column("replay", BigInteger),
        PrimaryKeyConstraint("review", "entry"),
        Index("gap_to_replay", "review", "replay", "entry"),
        Index("gap_of_message", "entry"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "answer",
        Column("id", Serial, primary_key=True),
        Column("review", BigInteger, nullable=False),
        Column("given_by", Text, nullable=False),
        Column("given_at", BigInteger, nullable=False),
        Column("said", Text, nullable=False),
        Index("answer_of_review", "review", "id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "alert",
        Column("id", Serial, primary_key=True),
        Column("kind", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("began_at", BigInteger, nullable=False),
        Column("ended_at", BigInteger),
        Column("detail", Text, nullable=False),
        Index("alert_by_subject", "kind", "subject", "ended_at"),
        Index("alert_by_end", "ended_at", "id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "rhythm",
        Column("feed", Text, nullable=False),
        Column("hour", Integer, nullable=False),
        Column("gaps", Text, nullable=False),
        PrimaryKeyConstraint("feed", "hour"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "alias",
        Column("feed", Text, nullable=False),
        Column("type", Text, nullable=False),
        Column("old", Text, nullable=False),
        Column("new", Text, nullable=False),
        Column("recorded_at", BigInteger, nullable=False),
        Column("entry", BigInteger, nullable=False),
        PrimaryKeyConstraint("feed", "type", "old"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "told",
        Column("alarm", Text, nullable=False),
        Column("alert", BigInteger, nullable=False),
        Column("ended", Boolean, nullable=False),
        PrimaryKeyConstraint("alarm", "alert"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "listened",
        Column("feed", Text, primary_key=True),
        Column("entry", BigInteger, nullable=False),
        Column("at", BigInteger, nullable=False),
        Column("longest", BigInteger, nullable=False),
    )
