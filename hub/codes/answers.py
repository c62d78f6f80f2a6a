"""What people answer about codes: a row in the feed's map, a closed review, and the way back."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, func, select

from hub.adapter import Adapter, Message
from hub.codes.files import Entry, place_of, read_map, write_map
from hub.codes.gaps import KIND, LONGEST, MASK
from hub.database import Connection, Database, Statement
from hub.errors import HubError, NotFound, Refused
from hub.journal import Journal
from hub.language import Text
from hub.model import Code, Json
from hub.records import times
from hub.review import UNDONE, Review, Reviews, close, last_answer, note, reopen
from hub.schema import gap
from hub.settlement import come_so_far

_count = Statement(select(func.count()).select_from(gap).where(gap.c.review == bindparam("of")))


def _used(insert_: Any) -> Any:
    fresh = insert_(gap).values({name: bindparam(name) for name in ("review", "entry", "replay")})
    return fresh.on_conflict_do_nothing(index_elements=["review", "entry"])


_use = Statement(_used)
_one_at_a_time = threading.Lock()
NOT_YET = 0
"""In place of a replay: this message used the code after the answer, and must go through again without it."""


@contextmanager
def rewritten(path: Path, in_force: Callable[[str], None], by: str) -> Iterator[list[Entry]]:
    """The rows of a map, to change; they are in force afterwards, or the file is as before."""
    with _one_at_a_time:
        before = path.read_bytes() if path.exists() else None
        entries = read_map(path) if before is not None else []
        yield entries
        try:
            write_map(path, entries)
            in_force(by)
        except OSError as error:
            reason = Text(error.strerror or str(error))
            raise HubError("{file} cannot be written: {reason}", file=str(path), reason=reason) from error
        except HubError:
            path.unlink() if before is None else path.write_bytes(before)
            raise


class Answers:
    """Operations on reviews of kind ``unmapped_code``; ``in_force`` makes every process read the maps again."""

    def __init__(
        self,
        database: Database,
        directory: Path,
        adapters: Mapping[str, Adapter[Any]],
        in_force: Callable[[str], None],
    ) -> None:
        self._database = database
        self._directory = directory
        self._adapters = adapters
        self._in_force = in_force
        self._journal = Journal(database)

    def decide(  # noqa: PLR0913 - as many as a row has columns
        self,
        by: str,
        review: int,
        *,
        code: str = "",
        system: str = "",
        display: str = "",
        relation: str = "",
        keep: str = "",
    ) -> Json:
        """What a code is; or, with a reason to ``keep``, that the sender's own is kept and nobody asked again."""
        found = self._open(review)
        if bool(code) == bool(keep.strip()):
            raise Refused("say what the code is, or why it is kept as it came")
        masked = bool(found.detail["masked"])
        if masked and code:
            raise Refused("what stands there may be personal data and is no code; have the sender correct the field")
        said: Json = {"keep": keep.strip()} if keep else {"code": code, "system": system, "display": display}
        if not masked:
            self._check(found, code)
            note = keep.strip() or f"{by} {times.moment(times.now()):%Y-%m-%d}"
            row = Entry(
                code=found.detail["code"],
                system=found.detail["system"],
                display="" if found.detail["display"] == MASK else found.detail["display"],
                standard_code=code,
                standard_system=(system or self._usual_system(found)) if code else "",
                standard_display=display,
                relation=relation,
                note=note[:200],
            )
            said |= {"row": row.key, "system": row.standard_system}
            with self._changed(found, by) as entries:
                entries[:] = [one for one in entries if one.key != row.key] + [row]
        return self._close(found, by, said)

    def undo(self, by: str, review: int, why: str) -> Json:
        """Takes an answer back: the row goes, and what was read by it goes through again."""
        if not why.strip():
            raise Refused("say why the answer is taken back: who reads it later must understand")
        found = self._of_kind(review)
        said = self._last_answer(found)
        if found.status != "closed" or said is None:
            raise Refused("review {review} is open: there is no answer to take back", review=review)
        since: list[tuple[int, int | None]] = []
        if key := said.get("row"):
            with self._changed(found, by) as entries:
                entries[:] = [one for one in entries if one.key != key]
            since = [(number, NOT_YET if "code" in said else None) for number in self._users(found, said["upto"])]

        def work(connection: Connection) -> None:
            reopen(connection, review)
            for number, replay in since:
                connection.run(_use, review=review, entry=number, replay=replay)
            note(connection, review, by, {UNDONE: why.strip()})

        self._database.serially(work)
        return {"review": review, "status": "open", "messages": self._waiting(review)}

    def _open(self, number: int) -> Review:
        found = self._of_kind(number)
        if found.status == "closed":
            raise Refused("review {review} is answered already; hub review undo takes the answer back", review=number)
        return found

    def _of_kind(self, number: int) -> Review:
        found = Reviews(self._database).show(number)
        if found.kind != KIND:
            raise Refused("review {review} is of kind {kind}, which is not answered here",
                          review=number, kind=found.kind)  # fmt: skip
        return found

    def _check(self, found: Review, code: str) -> None:
        adapter = self._adapters.get(found.feed)
        if adapter is None:
            raise NotFound("there is no feed {feed} in this configuration", feed=found.feed)
        choices = adapter.code_choices.get(found.detail["map"])
        if code and choices and code not in choices:
            raise Refused("the map {map} leads to one of {choices}, not to {code}", map=found.detail["map"],
                          choices=", ".join(sorted(choices)), code=code[:LONGEST])  # fmt: skip

    def _usual_system(self, found: Review) -> str:
        """The system of the map's other codes, where they have but one."""
        known = self._adapters[found.feed].codes.get(found.detail["map"], {})
        systems = {standard.system for standard in known.values() if standard.code}
        return systems.pop() if len(systems) == 1 else ""

    def _changed(self, found: Review, by: str) -> AbstractContextManager[list[Entry]]:
        """The rows of the feed's own map, to change."""
        return rewritten(place_of(self._directory, found.detail["map"], found.feed), self._in_force, by)

    def _close(self, found: Review, by: str, said: Json) -> Json:
        def work(connection: Connection) -> None:
            upto = {"upto": come_so_far(connection, found.feed)}
            if not close(connection, found.id, found.status, by, said | upto):
                raise Refused("review {review} is answered already; hub review undo takes the answer back",
                              review=found.id)  # fmt: skip

        self._database.serially(work)
        return {"review": found.id, "status": "closed", "messages": self._waiting(found.id)}

    def _waiting(self, number: int) -> int:
        with self._database.read() as connection:
            row = connection.row(_count, of=number)
        return int(row[0]) if row else 0

    def _last_answer(self, found: Review) -> Json | None:
        with self._database.read() as connection:
            said = last_answer(connection, found.id)
        return None if said is None or UNDONE in said else said

    def _users(self, found: Review, after: int) -> Iterator[int]:
        """Messages that came after the answer and used the code, by asking the adapter, which no longer knows it."""
        adapter = self._adapters[found.feed]
        about = found.detail["map"], found.detail["code"], found.detail["system"]
        while messages := self._journal.waiting(found.feed, after):
            for message in messages:
                if about in _asks(adapter, message):
                    yield message.replay_of or message.id
            after = messages[-1].id


def _asks(adapter: Adapter[Any], message: Message) -> set[tuple[str, str, str]]:
    try:
        return {(one.map, one.code, one.system) for said in adapter.parse(message) for one in said.unmapped}
    except Exception:  # noqa: BLE001 - what cannot be parsed is parked, and has used no code
        return set()


def close_known(database: Database, adapters: Mapping[str, Adapter[Any]]) -> int:
    """Closes reviews whose code a map now knows, since somebody has written or imported a row; how many."""
    closed = 0
    for found in _all_open(database):
        adapter = adapters.get(found.feed)
        known = adapter.codes.get(found.detail["map"], {}) if adapter else {}
        if not found.detail["masked"] and (standard := _known(known, found.detail)):
            closed += _closed_by_map(database, found, standard)
    return closed


def _closed_by_map(database: Database, found: Review, standard: Code) -> int:
    said = {"by": "map", "code": standard.code, "system": standard.system}

    def work(connection: Connection) -> int:
        if last_answer(connection, found.id) == said:
            return 0  # it was closed by that before, and opened again because the messages still ask
        return int(close(connection, found.id, found.status, "map", said))

    return database.serially(work)


def _known(known: Mapping[str, Code], detail: Json) -> Code | None:
    return known.get(f"{detail['system']}|{detail['code']}") or known.get(detail["code"])


def _all_open(database: Database) -> Iterator[Review]:
    reviews, before = Reviews(database), None
    while page := reviews.list(status="open", kind=KIND, before=before, limit=500):
        yield from page
        before = page[-1].id
