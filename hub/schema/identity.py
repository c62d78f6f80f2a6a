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
    Column("kind", Text, nullable=False),  # same, not_same, mother_of, correct
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

together = Table(
    "together",
    metadata,
    Column("decision", BigInteger, primary_key=True, autoincrement=False),  # made with others: taken back with them
    Column("first", BigInteger, nullable=False),  # of them
    Index("together_with_first", "first"),
    sqlite_with_rowid=False,
)

withdrawal = Table(
    "withdrawal",
    metadata,
    Column("decision", BigInteger, nullable=False),  # not active as long as one of these holds
    Column("because", BigInteger, nullable=False),  # the decision that took its place, or itself
    Column("undoes", Boolean, nullable=False),  # as if it had never been, else only overruled
    Column("holds", Boolean, nullable=False),
    PrimaryKeyConstraint("decision", "because"),
    Index("withdrawal_because", "because"),
    sqlite_with_rowid=False,
)

likeness = Table(
    "likeness",
    metadata,
    Column("number", Serial, primary_key=True),
    Column("claim", Text, nullable=False),
    Column("person", Text, nullable=False),  # the claim's, kept ready: who looks for candidates reads no claims
    Column("form", LargeBinary, nullable=False),  # its Description, packed: what is compared
    Index("likeness_of_claim", "claim", unique=True),
)

block_key = Table(
    "block_key",
    metadata,
    Column("key", BigInteger, nullable=False),  # hash of what a claim is looked for by
    Column("likeness", BigInteger, nullable=False),
    PrimaryKeyConstraint("key", "likeness"),
    sqlite_with_rowid=False,
)

identity_change = Table(
    "identity_change",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("kind", Text, nullable=False),  # join, part, merge, split, correct, undo, restore
    Column("decision", BigInteger),  # a person's; else those of the entry say why
    Column("persons", Text, nullable=False),  # JSON: the person of each claim that moved, before and after
    Column("by", Text, nullable=False),  # rule, feed or person
    Column("at", BigInteger, nullable=False),
    Column("entry", BigInteger),
    Index("identity_change_of_decision", "decision"),
    sqlite_autoincrement=True,
)

claim_change = Table(
    "claim_change",
    metadata,
    Column("claim", Text, nullable=False),
    Column("change", BigInteger, nullable=False),
    PrimaryKeyConstraint("claim", "change"),
    sqlite_with_rowid=False,
)
