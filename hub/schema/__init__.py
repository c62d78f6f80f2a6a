"""The tables. SQLite keeps journal, record and audit in three files, PostgreSQL in three schemas of one database.

Times are microseconds since 1970 in UTC. Bodies are bytes.
"""

from hub.schema.audit import event
from hub.schema.codes import gap
from hub.schema.declaring import AUDIT, JOURNAL, metadata
from hub.schema.house import answer, house, postponed, review, review_claim, token
from hub.schema.identity import (
    block_key,
    claim,
    claim_change,
    claim_identifier,
    decision,
    identity_change,
    likeness,
    together,
    withdrawal,
)
from hub.schema.journal import entry, intake_count, reading
from hub.schema.outbox import delivery, delivery_count
from hub.schema.records import alias, resource, search_date, search_reference, search_string, search_token, version
from hub.schema.settlement import progress, settled_count, settlement, settlement_claim
from hub.schema.watching import alert, listened, rhythm, told

__all__ = [
    "AUDIT",
    "JOURNAL",
    "alert",
    "alias",
    "answer",
    "block_key",
    "claim",
    "claim_change",
    "claim_identifier",
    "decision",
    "delivery",
    "delivery_count",
    "entry",
    "event",
    "gap",
    "house",
    "identity_change",
    "intake_count",
    "likeness",
    "listened",
    "metadata",
    "postponed",
    "progress",
    "reading",
    "resource",
    "review",
    "review_claim",
    "rhythm",
    "search_date",
    "search_reference",
    "search_string",
    "search_token",
    "settled_count",
    "settlement",
    "settlement_claim",
    "together",
    "token",
    "told",
    "version",
    "withdrawal",
]
