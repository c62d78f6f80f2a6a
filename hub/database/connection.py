"""What the rest of the hub sees of a database."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, TypeVar

from hub.database.statement import Statement

T = TypeVar("T")
Row = tuple[Any, ...]


class Connection(ABC):
    """Runs statements inside the transaction it was handed out for."""

    dialect: str
    remembered: dict[str, Any]
    """What this transaction has read and may be asked for again, by who keeps it; empty when a transaction begins."""

    @abstractmethod
    def _execute(self, sql: str, parameters: Sequence[Any]) -> Any:
        """A driver's cursor after running it."""

    @abstractmethod
    def _execute_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None: ...

    @abstractmethod
    def _list(self, values: Sequence[Any]) -> Any:
        """A list as the driver takes it."""

    def rows(self, statement: Statement, **parameters: Any) -> list[Row]:
        return self._run(statement, parameters).fetchall()  # type: ignore[no-any-return] # a DB-API cursor

    def row(self, statement: Statement, **parameters: Any) -> Row | None:
        return self._run(statement, parameters).fetchone()  # type: ignore[no-any-return] # a DB-API cursor

    def run(self, statement: Statement, **parameters: Any) -> int:
        """How many rows it touched."""
        return int(self._run(statement, parameters).rowcount)

    def many(self, statement: Statement, rows: Sequence[Mapping[str, Any]]) -> None:
        if rows:
            compiled = statement.compiled(self.dialect)
            if compiled.constants:
                rows = [{**compiled.constants, **row} for row in rows]
            self._execute_many(compiled.sql, map(compiled.in_order, rows))

    def many_in_order(self, statement: Statement, rows: Sequence[Sequence[Any]]) -> None:
        """The same for rows whose values stand in the order of the statement's parameters, for the busiest tables."""
        if rows:
            self._execute_many(statement.sql(self.dialect), rows)

    def together(self) -> AbstractContextManager[object]:
        """What is written meanwhile goes to a distant server at once; not for ``run``, which waits for its count."""
        return nullcontext()

    def _run(self, statement: Statement, parameters: dict[str, Any]) -> Any:
        compiled = statement.compiled(self.dialect)
        if compiled.constants:
            parameters = {**compiled.constants, **parameters}
        for name in compiled.lists:
            parameters[name] = self._list(parameters[name])
        return self._execute(compiled.sql, compiled.in_order(parameters))


class Database(ABC):
    """Three logs of one hub: the journal, the record, the audit; each with one writer, all readable together.

    A write function may be called more than once (``Collision``), so it must have no effect outside its transaction.
    Writing raises ``Unavailable`` when the store cannot be written just now, and ``JournalFailed`` when a commit may
    have been lost.
    """

    url: str
    dialect: str

    @abstractmethod
    def read(self) -> AbstractContextManager[Connection]:
        """A consistent view of what is committed."""

    @abstractmethod
    def serially(self, work: Callable[[Connection], T]) -> T:
        """Writes the record: as if nobody else wrote meanwhile."""

    @abstractmethod
    def plainly(self, work: Callable[[Connection], T]) -> T:
        """Writes the record where each statement says itself what it rests on (``WHERE status = …``).

        It decides on nothing it has read before, so it collides with nobody.
        """

    @abstractmethod
    def append(self, work: Callable[[Connection], T]) -> T:
        """Writes the journal: entries become visible in the order of their ids."""

    @abstractmethod
    def note(self, work: Callable[[Connection], T]) -> T:
        """Writes the audit log."""

    @abstractmethod
    def turn(self, name: str) -> AbstractContextManager[bool]:
        """Whether this worker may go first, among all processes; held until the context ends."""

    @abstractmethod
    def close(self) -> None: ...
