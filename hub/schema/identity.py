"""Claims, and the decisions that connect them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, LargeBinary, PrimaryKeyConstraint, Table, Text

from hub.schema.declaring import Serial, metadata

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
