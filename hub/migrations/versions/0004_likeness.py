"""What identity compares of each claim, by what it is looked for, and what became of persons."""

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
)

revision, down_revision = "0004", "0003"

Serial = BigInteger().with_variant(Integer, "sqlite")


def record() -> None:
    _likeness()
    _undoing()


def _likeness() -> None:
    op.create_table(
        "likeness",
        Column("number", Serial, primary_key=True),
        Column("claim", Text, nullable=False),
        Column("person", Text, nullable=False),
        Column("form", LargeBinary, nullable=False),
        Index("likeness_of_claim", "claim", unique=True),
    )
    op.create_table(
        "block_key",
        Column("key", BigInteger, nullable=False),
        Column("likeness", BigInteger, nullable=False),
        PrimaryKeyConstraint("key", "likeness"),
        sqlite_with_rowid=False,
    )


def _undoing() -> None:
    op.create_table(
        "together",
        Column("decision", BigInteger, primary_key=True, autoincrement=False),
        Column("first", BigInteger, nullable=False),
        Index("together_with_first", "first"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "withdrawal",
        Column("decision", BigInteger, nullable=False),
        Column("because", BigInteger, nullable=False),
        Column("undoes", Boolean, nullable=False),
        Column("holds", Boolean, nullable=False),
        PrimaryKeyConstraint("decision", "because"),
        Index("withdrawal_because", "because"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "identity_change",
        Column("id", Serial, primary_key=True),
        Column("kind", Text, nullable=False),
        Column("decision", BigInteger),
        Column("persons", Text, nullable=False),
        Column("by", Text, nullable=False),
        Column("at", BigInteger, nullable=False),
        Column("entry", BigInteger),
        Index("identity_change_of_decision", "decision"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "claim_change",
        Column("claim", Text, nullable=False),
        Column("change", BigInteger, nullable=False),
        PrimaryKeyConstraint("claim", "change"),
        sqlite_with_rowid=False,
    )
