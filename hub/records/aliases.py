"""Keys of a sender that name another resource now: what is found under the old key is the new one's."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import bindparam, delete, func, select

from hub.database import Connection, Statement
from hub.model import Replace
from hub.records.ids import Ids, resource_id
from hub.records.stored import Cause
from hub.schema import alias

_AT = (alias.c.feed == bindparam("of_feed"), alias.c.type == bindparam("of_type"), alias.c.old == bindparam("of_old"))
_NEXT_TYPE = Statement(
    select(func.min(alias.c.type)).where(alias.c.feed == bindparam("of_feed"), alias.c.type > bindparam("after"))
)
_FIND = Statement(select(alias.c.new, alias.c.recorded_at).where(*_AT))
_FORGET = Statement(delete(alias).where(*_AT))
_KEEP = Statement(
    lambda insert: (
        insert(alias)
        .values({column.name: bindparam(column.name) for column in alias.c})
        .on_conflict_do_update(
            index_elements=["feed", "type", "old"],
            set_={name: bindparam(name) for name in ("new", "recorded_at", "entry")},
        )
    )
)


@dataclass(slots=True)
class Aliases:
    """Of one feed. Nearly every feed has none, which costs a transaction one look."""

    connection: Connection
    feed: str
    types: set[str] = field(default_factory=set)
    """Those of which any key was replaced."""

    def __post_init__(self) -> None:
        after = ""
        while (row := self.connection.row(_NEXT_TYPE, of_feed=self.feed, after=after)) and row[0]:
            after = row[0]
            self.types.add(after)

    def current(self, type_: str, key: str) -> str:
        """What the sender calls it now."""
        while type_ in self.types and (found := self._find(type_, key)):
            key = found[0]
        return key

    def replace(self, event: Replace, recorded_at: int, cause: Cause) -> bool:
        """False when the sender has said otherwise since, or has said so before."""
        known = self._find(event.type, event.old)
        if event.old == event.new or (known and (known[0] == event.new or known[1] > recorded_at)):
            return False
        ahead = self._find(event.type, event.new)
        if ahead and ahead[1] <= recorded_at:
            self.connection.run(_FORGET, of_feed=self.feed, of_type=event.type, of_old=event.new)
        elif ahead and self.current(event.type, event.new) == event.old:
            return False
        row = {"type": event.type, "old": event.old, "new": event.new, "recorded_at": recorded_at, "entry": cause.entry}
        self.connection.run(_KEEP, feed=self.feed, **row)
        self.types.add(event.type)
        return True

    def _find(self, type_: str, key: str) -> tuple[str, int] | None:
        row = self.connection.row(_FIND, of_feed=self.feed, of_type=type_, of_old=key)
        return (row[0], row[1]) if row else None


class CurrentIds(Ids):
    """Ids by the key that the sender uses now, whichever it wrote."""

    def __init__(self, aliases: Aliases) -> None:
        super().__init__(aliases.feed)
        self._aliases = aliases

    def __missing__(self, key: tuple[str, str]) -> str:
        current = (key[0], self._aliases.current(*key)) if key[0] in self._aliases.types else key
        if current == key:
            return super().__missing__(key)
        found = self[key] = self[current]
        return found

    def renamed(self, key: tuple[str, str]) -> bool:
        return key[0] in self._aliases.types and self[key] != resource_id(self._feed, *key)
