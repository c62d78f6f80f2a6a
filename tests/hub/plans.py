"""How SQLite would go about a statement."""

from __future__ import annotations

from dataclasses import replace

from hub.database import Statement
from hub.database.statement import Compiled


class Explained(Statement):
    """Its rows are the steps of the plan, the fourth column in words."""

    def __init__(self, statement: Statement) -> None:
        super().__init__(statement._expression)

    def _compile(self, dialect: str) -> Compiled:
        compiled = super()._compile(dialect)
        return replace(compiled, sql=f"EXPLAIN QUERY PLAN {compiled.sql}")
