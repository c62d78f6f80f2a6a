"""Which claims a review is about, and which reviews wait for a day."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, Index, PrimaryKeyConstraint, Text

revision, down_revision = "0005", "0004"

_CLAIMS = {
    "sqlite": "json_each(review.claims) AS named",
    "postgresql": "json_array_elements_text(review.claims::json) AS named(value)",
}
_ASKED = (
    "INSERT INTO review_claim (review, claim) SELECT DISTINCT review.id, claim.id"
    " FROM review CROSS JOIN {} JOIN claim ON claim.id = named.value"
)


def record() -> None:
    op.create_table(
        "review_claim",
        Column("review", BigInteger, nullable=False),
        Column("claim", Text, nullable=False),
        PrimaryKeyConstraint("review", "claim"),
        Index("review_of_claim", "claim"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "postponed",
        Column("review", BigInteger, primary_key=True, autoincrement=False),
        Column("until", BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.execute(_ASKED.format(_CLAIMS[op.get_context().dialect.name]))
