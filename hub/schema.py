"""The tables. SQLite keeps journal, record and audit in three files, PostgreSQL in three schemas of one database.

Times are microseconds since 1970 in UTC. Bodies are bytes.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

JOURNAL, AUDIT = "journal", "audit"

metadata = MetaData()
Serial = BigInteger().with_variant(Integer, "sqlite")

# --- journal: append-only, written by intake alone -------------------------------------------------------------------

entry = Table(
    "entry",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("feed", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("lanes", LargeBinary, nullable=False),  # keyed hashes of 8 bytes, one after the other
    Column("received_at", BigInteger, nullable=False),
    Column("notes", Text, nullable=False),  # JSON object of strings
    Column("refusal", Text),  # JSON: code, msgid, args, place; null for a message that may be applied
    Column("reused", Boolean, nullable=False),  # the key was another message's: a fault of the sender
    Column("replay_of", BigInteger),
    Column("owns", Boolean, nullable=False),  # its key: not so when refused, replayed or reused
    Column("twin", BigInteger),  # hash of feed, sender, key, fingerprint; only where the key was reused
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
    schema=JOURNAL,
    sqlite_autoincrement=True,
)

intake_count = Table(
    "intake_count",
    metadata,
    Column("feed", Text, primary_key=True),
    Column("received", BigInteger, nullable=False),  # every entry, refused ones included
    Column("refused", BigInteger, nullable=False),
    Column("reused", BigInteger, nullable=False),
    Column("resent", BigInteger, nullable=False),  # answered again, not kept again
    Column("last_received", BigInteger, nullable=False),
    schema=JOURNAL,
)

# --- settlement: what became of each message, written in the apply transaction ---------------------------------------

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

# --- identity: claims, and the decisions that connect them -----------------------------------------------------------

claim = Table(
    "claim",
    metadata,
    Column("id", Text, primary_key=True),  # also a Patient id
    Column("number", BigInteger, nullable=False),  # order of first appearance: the time, made unique in its transaction
    Column("feed", Text, nullable=False),
    Column("source_id", Text, nullable=False),
    Column("person", Text, nullable=False),  # what the active decisions say, kept ready
    Column("patient", LargeBinary, nullable=False),  # the Patient as this sender describes the person
    Column("digest", LargeBinary, nullable=False),  # of the newest update
    Column("recorded_at", BigInteger, nullable=False),
    Column("entry", BigInteger, nullable=False),
    Index("claim_of_person", "person"),
)

claim_identifier = Table(
    "claim_identifier",
    metadata,
    Column("system", Text, nullable=False),
    Column("value", Text, nullable=False),  # normalised
    Column("claim", Text, nullable=False),
    PrimaryKeyConstraint("value", "system", "claim"),
    Index("identifier_of_claim", "claim"),
    sqlite_with_rowid=False,
)

decision = Table(
    "decision",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("kind", Text, nullable=False),  # same, not_same
    Column("one", Text, nullable=False),  # of a merge: the surviving claim
    Column("other", Text, nullable=False),
    Column("retires", Boolean, nullable=False),  # the sender retired ``other`` (ADT A40)
    Column("active", Boolean, nullable=False),
    Column("evidence", Text, nullable=False),  # JSON
    Column("decided_by", Text, nullable=False),  # rule, feed or person
    Column("decided_at", BigInteger, nullable=False),
    Column("entry", BigInteger),
    Column("withdrawn_by", Text),
    Column("withdrawn_at", BigInteger),
    Column("why", Text),
    Index("decision_of_one", "one"),
    Index("decision_of_other", "other"),
    sqlite_autoincrement=True,
)

# --- records: FHIR resources with every version, and the search index ------------------------------------------------

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

# --- people's questions, keys of the house ---------------------------------------------------------------------------

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

# --- audit: who read what; append-only, in a place of its own --------------------------------------------------------

event = Table(
    "event",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("client", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("action", Text, nullable=False),  # read, vread, history, search, everything, show, export, denied …
    Column("resource_type", Text, nullable=False),
    Column("resource_id", Text, nullable=False),
    Column("persons", Text, nullable=False),  # JSON list: whose records were in the answer
    Column("query", Text, nullable=False),  # as asked; read only by auditors
    Column("outcome", Text, nullable=False),  # ok, or the refusal
    Column("resources", Integer, nullable=False),  # how many were in the answer
    schema=AUDIT,
    sqlite_autoincrement=True,
)
