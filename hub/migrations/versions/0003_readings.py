"""How far files of many messages were read in."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, PrimaryKeyConstraint, Text

revision, down_revision = "0003", "0002"


def journal() -> None:
    op.create_table(
        "reading",
        Column("feed", Text, nullable=False),
        Column("file", Text, nullable=False),
        Column("at", BigInteger, nullable=False),
        Column("mark", Text, nullable=False),
        Column("received", BigInteger, nullable=False),
        Column("resent", BigInteger, nullable=False),
        Column("refused", BigInteger, nullable=False),
        PrimaryKeyConstraint("feed", "file"),
        schema="journal",
    )
