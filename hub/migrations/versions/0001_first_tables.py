"""The first tables: journal, record and audit."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    text,
)

revision, down_revision = "0001", None

Serial = BigInteger().with_variant(Integer, "sqlite")


def journal() -> None:
    op.create_table(
        "entry",
        Column("id", Serial, primary_key=True),
        Column("feed", Text, nullable=False),
        Column("sender", Text, nullable=False),
        Column("key", Text, nullable=False),
        Column("fingerprint", LargeBinary, nullable=False),
        Column("lanes", LargeBinary, nullable=False),
        Column("received_at", BigInteger, nullable=False),
        Column("notes", Text, nullable=False),
        Column("refusal", Text),
        Column("reused", Boolean, nullable=False),
        Column("replay_of", BigInteger),
        Column("owns", Boolean, nullable=False),
        Column("twin", BigInteger),
        Column("body", LargeBinary, nullable=False),
        Index("entry_in_feed", "feed", "id"),
        Index("entry_by_key", "key", "feed", "owns", "id"),
        Index(
            "entry_replay",
            "replay_of",
            "id",
            sqlite_where=text("replay_of IS NOT NULL"),
            postgresql_where=text("replay_of IS NOT NULL"),
        ),
        Index(
            "entry_twin",
            "twin",
            "id",
            sqlite_where=text("twin IS NOT NULL"),
            postgresql_where=text("twin IS NOT NULL"),
        ),
        Index(
            "entry_refused",
            "feed",
            "owns",
            "id",
            sqlite_where=text("refusal IS NOT NULL"),
            postgresql_where=text("refusal IS NOT NULL"),
        ),
        schema="journal",
        sqlite_autoincrement=True,
    )
    op.create_table(
        "intake_count",
        Column("feed", Text, primary_key=True),
        Column("received", BigInteger, nullable=False),
        Column("refused", BigInteger, nullable=False),
        Column("reused", BigInteger, nullable=False),
        Column("resent", BigInteger, nullable=False),
        Column("last_received", BigInteger, nullable=False),
        schema="journal",
    )


def record() -> None:
    op.create_table(
        "progress",
        Column("feed", Text, primary_key=True),
        Column("entry", BigInteger, nullable=False),
    )
    op.create_table(
        "settlement",
        Column("entry", BigInteger, primary_key=True, autoincrement=False),
        Column("feed", Text, nullable=False),
        Column("status", Text, nullable=False),
        Column("code", Text, nullable=False),
        Column("reason", Text),
        Column("settled_at", BigInteger, nullable=False),
        Column("replayed_as", BigInteger),
        Index("settlement_by_status", "status", "feed", "entry"),
    )
    op.create_table(
        "settled_count",
        Column("feed", Text, nullable=False),
        Column("status", Text, nullable=False),
        Column("messages", BigInteger, nullable=False),
        PrimaryKeyConstraint("feed", "status"),
    )
    op.create_table(
        "settlement_claim",
        Column("claim", Text, nullable=False),
        Column("entry", BigInteger, nullable=False),
        PrimaryKeyConstraint("claim", "entry"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "claim",
        Column("id", Text, primary_key=True),
        Column("number", BigInteger, nullable=False),
        Column("feed", Text, nullable=False),
        Column("source_id", Text, nullable=False),
        Column("person", Text, nullable=False),
        Column("patient", LargeBinary, nullable=False),
        Column("digest", LargeBinary, nullable=False),
        Column("recorded_at", BigInteger, nullable=False),
        Column("entry", BigInteger, nullable=False),
        Index("claim_of_person", "person"),
    )
    op.create_table(
        "claim_identifier",
        Column("system", Text, nullable=False),
        Column("value", Text, nullable=False),
        Column("claim", Text, nullable=False),
        PrimaryKeyConstraint("value", "system", "claim"),
        Index("identifier_of_claim", "claim"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "decision",
        Column("id", Serial, primary_key=True),
        Column("kind", Text, nullable=False),
        Column("one", Text, nullable=False),
        Column("other", Text, nullable=False),
        Column("retires", Boolean, nullable=False),
        Column("active", Boolean, nullable=False),
        Column("evidence", Text, nullable=False),
        Column("decided_by", Text, nullable=False),
        Column("decided_at", BigInteger, nullable=False),
        Column("entry", BigInteger),
        Column("withdrawn_by", Text),
        Column("withdrawn_at", BigInteger),
        Column("why", Text),
        Index("decision_of_one", "one"),
        Index("decision_of_other", "other"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "resource",
        Column("rid", Serial, primary_key=True),
        Column("type", Text, nullable=False),
        Column("id", Text, nullable=False),
        Column("version", Integer, nullable=False),
        Column("feed", Text, nullable=False),
        Column("entry", BigInteger, nullable=False),
        Column("claim", Text),
        Column("person", Text),
        Column("recorded_at", BigInteger, nullable=False),
        Column("updated_at", BigInteger, nullable=False),
        Column("digest", LargeBinary, nullable=False),
        Column("body", LargeBinary, nullable=False),
        UniqueConstraint("type", "id"),
        Index("resource_of_person", "person", "type", "rid"),
        Index("resource_by_time", "type", "updated_at", "rid"),
        Index("resource_of_claim", "claim"),
        Index("resource_of_message", "entry"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "version",
        Column("rid", BigInteger, ForeignKey("resource.rid"), nullable=False),
        Column("version", Integer, nullable=False),
        Column("feed", Text, nullable=False),
        Column("entry", BigInteger, nullable=False),
        Column("recorded_at", BigInteger, nullable=False),
        Column("updated_at", BigInteger, nullable=False),
        Column("body", LargeBinary, nullable=False),
        PrimaryKeyConstraint("rid", "version"),
        Index("version_of_message", "entry"),
    )
    op.create_table(
        "search_token",
        Column("name", Text, nullable=False),
        Column("value", Text, nullable=False),
        Column("rid", BigInteger, nullable=False),
        Column("system", Text, nullable=False),
        PrimaryKeyConstraint("name", "value", "rid", "system"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "search_string",
        Column("name", Text, nullable=False),
        Column("value", Text, nullable=False),
        Column("rid", BigInteger, nullable=False),
        Column("exact", Text, nullable=False),
        PrimaryKeyConstraint("name", "value", "rid", "exact"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "search_date",
        Column("name", Text, nullable=False),
        Column("low", BigInteger, nullable=False),
        Column("high", BigInteger, nullable=False),
        Column("rid", BigInteger, nullable=False),
        PrimaryKeyConstraint("name", "low", "high", "rid"),
        Index("date_of_resource", "rid", "name"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "search_reference",
        Column("target", Text, nullable=False),
        Column("name", Text, nullable=False),
        Column("rid", BigInteger, nullable=False),
        PrimaryKeyConstraint("target", "name", "rid"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "review",
        Column("id", Serial, primary_key=True),
        Column("kind", Text, nullable=False),
        Column("key", Text, nullable=False, unique=True),
        Column("status", Text, nullable=False),
        Column("feed", Text, nullable=False),
        Column("entry", BigInteger),
        Column("claims", Text, nullable=False),
        Column("detail", Text, nullable=False),
        Column("opened_at", BigInteger, nullable=False),
        Index("review_by_status", "status", "kind", "id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "token",
        Column("id", Serial, primary_key=True),
        Column("name", Text, nullable=False),
        Column("hash", LargeBinary, nullable=False, unique=True),
        Column("scopes", Text, nullable=False),
        Column("created_at", BigInteger, nullable=False),
        Column("expires_at", BigInteger, nullable=False),
        Column("revoked_at", BigInteger),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "house",
        Column("name", Text, primary_key=True),
        Column("value", LargeBinary, nullable=False),
    )


def audit() -> None:
    op.create_table(
        "event",
        Column("id", Serial, primary_key=True),
        Column("at", BigInteger, nullable=False),
        Column("client", Text, nullable=False),
        Column("address", Text, nullable=False),
        Column("action", Text, nullable=False),
        Column("resource_type", Text, nullable=False),
        Column("resource_id", Text, nullable=False),
        Column("persons", Text, nullable=False),
        Column("query", Text, nullable=False),
        Column("outcome", Text, nullable=False),
        Column("resources", Integer, nullable=False),
        schema="audit",
        sqlite_autoincrement=True,
    )
