"""FHIR resources with every version, and the search index."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

from hub.schema.declaring import Serial, metadata

resource = Table(
    "resource",
    metadata,
    Column("rid", Serial, primary_key=True),
    Column("type", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("feed", Text, nullable=False),
    Column("entry", BigInteger, nullable=False),  # the message behind this version
    Column("claim", Text),  # whose claim it came with
    Column("person", Text),  # whose record it belongs to; null for staff and places
    Column("recorded_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("digest", LargeBinary, nullable=False),  # of the newest update
    Column("body", LargeBinary, nullable=False),  # JSON as served, id and meta included
    UniqueConstraint("type", "id"),
    Index("resource_of_person", "person", "type", "rid"),
    Index("resource_by_time", "type", "updated_at", "rid"),
    Index("resource_of_claim", "claim"),
    Index("resource_of_message", "entry"),
    sqlite_autoincrement=True,
)

version = Table(
    "version",
    metadata,
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

search_token = Table(
    "search_token",
    metadata,
    Column("name", Text, nullable=False),  # Observation.code
    Column("value", Text, nullable=False),
    Column("rid", BigInteger, nullable=False),
    Column("system", Text, nullable=False),
    PrimaryKeyConstraint("name", "value", "rid", "system"),
    sqlite_with_rowid=False,
)

search_string = Table(
    "search_string",
    metadata,
    Column("name", Text, nullable=False),
    Column("value", Text, nullable=False),  # folded
    Column("rid", BigInteger, nullable=False),
    Column("exact", Text, nullable=False),
    PrimaryKeyConstraint("name", "value", "rid", "exact"),
    sqlite_with_rowid=False,
)

search_date = Table(
    "search_date",
    metadata,
    Column("name", Text, nullable=False),
    Column("low", BigInteger, nullable=False),  # first instant of the interval
    Column("high", BigInteger, nullable=False),  # first instant after it
    Column("rid", BigInteger, nullable=False),
    PrimaryKeyConstraint("name", "low", "high", "rid"),
    Index("date_of_resource", "rid", "name"),  # a person's few resources by date, and sorting
    sqlite_with_rowid=False,
)

search_reference = Table(
    "search_reference",
    metadata,
    Column("target", Text, nullable=False),  # Encounter/<id>
    Column("name", Text, nullable=False),
    Column("rid", BigInteger, nullable=False),
    PrimaryKeyConstraint("target", "name", "rid"),
    sqlite_with_rowid=False,
)

alias = Table(
    "alias",
    metadata,
    Column("feed", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("old", Text, nullable=False),  # a key of the sender that names another resource now
    Column("new", Text, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Column("entry", BigInteger, nullable=False),
    PrimaryKeyConstraint("feed", "type", "old"),
    sqlite_with_rowid=False,
)
