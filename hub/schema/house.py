"""People's questions, tokens, and the keys of the house."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, LargeBinary, PrimaryKeyConstraint, Table, Text

from hub.schema.declaring import Serial, metadata

review = Table(
    "review",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False, unique=True),  # the same question is asked once
    Column("status", Text, nullable=False),  # open, in work, to check, closed
    Column("feed", Text, nullable=False),
    Column("entry", BigInteger),
    Column("claims", Text, nullable=False),  # JSON list
    Column("detail", Text, nullable=False),  # JSON
    Column("opened_at", BigInteger, nullable=False),
    Index("review_by_status", "status", "kind", "id"),
    sqlite_autoincrement=True,
)

answer = Table(
    "answer",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("review", BigInteger, nullable=False),
    Column("given_by", Text, nullable=False),
    Column("given_at", BigInteger, nullable=False),
    Column("said", Text, nullable=False),  # JSON
    Index("answer_of_review", "review", "id"),
    sqlite_autoincrement=True,
)

review_claim = Table(
    "review_claim",
    metadata,
    Column("review", BigInteger, nullable=False),
    Column("claim", Text, nullable=False),
    PrimaryKeyConstraint("review", "claim"),
    Index("review_of_claim", "claim"),
    sqlite_with_rowid=False,
)

postponed = Table(
    "postponed",
    metadata,
    Column("review", BigInteger, primary_key=True, autoincrement=False),
    Column("until", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

token = Table(
    "token",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("name", Text, nullable=False),
    Column("hash", LargeBinary, nullable=False, unique=True),
    Column("scopes", Text, nullable=False),  # space-separated, as SMART writes them
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
    sqlite_autoincrement=True,
)

house = Table(
    "house",
    metadata,
    Column("name", Text, primary_key=True),  # such as the key of the lane hashes
    Column("value", LargeBinary, nullable=False),
)
