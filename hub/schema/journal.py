"""The journal: append-only, written by intake alone."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, LargeBinary, PrimaryKeyConstraint, Table, Text, text

from hub.schema.declaring import JOURNAL, Serial, metadata

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

reading = Table(
    "reading",
    metadata,
    Column("feed", Text, nullable=False),
    Column("file", Text, nullable=False),  # its fingerprint
    Column("at", BigInteger, nullable=False),  # all before this byte is in the journal
    Column("mark", Text, nullable=False),  # what the adapter must know to go on there
    Column("received", BigInteger, nullable=False),
    Column("resent", BigInteger, nullable=False),
    Column("refused", BigInteger, nullable=False),
    PrimaryKeyConstraint("feed", "file"),
    schema=JOURNAL,
)
"""Files that somebody began to read in; a row goes when its file is through."""
