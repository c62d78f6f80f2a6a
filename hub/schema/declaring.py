"""What every table is declared with."""

from __future__ import annotations

from sqlalchemy import BigInteger, Integer, MetaData

JOURNAL, AUDIT = "journal", "audit"

metadata = MetaData()
Serial = BigInteger().with_variant(Integer, "sqlite")
