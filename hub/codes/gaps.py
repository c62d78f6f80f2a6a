"""Codes no map knows, as questions: one for each feed, map and code, with the messages that wait for its answer."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import bindparam, func, null, select, update

from hub.adapter import Message
from hub.database import Connection, Statement
from hub.model import Json, RecordUpdate, Unmapped
from hub.records.json import decode
from hub.review import Question, open_review
from hub.schema import gap, review

KIND = "unmapped_code"
MOST = 200
"""So many questions may be open about one map of one feed; more codes than that are no codes, or the wrong map."""
LONGEST = 40
MASK = "•••"
KEPT = "kept"
"""Of a masked code that was answered: no map can know it, and nobody is asked again."""
_PERSONAL = re.compile(r"[0-9]{7}|@|[0-9][ -]?[0-9Xx]{6}")

_find = Statement(select(review.c.id, review.c.status, review.c.detail).where(review.c.key == bindparam("of_key")))
_reopen = Statement(
    update(review).where(review.c.id == bindparam("of"), review.c.status == "closed").values(status="open")
)
_open = Statement(
    select(func.count())
    .select_from(review)
    .where(
        review.c.kind == KIND,
        review.c.status == "open",
        review.c.key >= bindparam("first"),
        review.c.key < bindparam("last"),
    )
)


def _waits(insert: Any) -> Any:
    fresh = insert(gap).values(review=bindparam("review"), entry=bindparam("entry"), replay=null())
    return fresh.on_conflict_do_update(index_elements=["review", "entry"], set_={"replay": null()})


_wait = Statement(_waits)


def note_gaps(connection: Connection, applied: Iterable[tuple[Message, Sequence[RecordUpdate]]]) -> None:
    """In the transaction that applies them: asks about each unmapped code, once, and notes which messages wait."""
    known: dict[str, tuple[int, str]] = {}
    for message, updates in applied:
        for said in updates:
            for about in dict.fromkeys(said.unmapped):
                _note(connection, message, said, about, known)


def _note(
    connection: Connection, message: Message, said: RecordUpdate, about: Unmapped, known: dict[str, tuple[int, str]]
) -> None:
    key = key_of(message.feed, about)
    if key not in known:
        known[key] = _asked(connection, message, said, about, key)
    number, status = known[key]
    if status == KEPT:
        return
    if status == "closed":
        if message.replay_of is None:
            _waiting_since_answer(connection, number, message)
            return
        # It went through again by the answer, and the code is still unknown: the map was changed by hand.
        connection.run(_reopen, of=number)
        known[key] = number, "open"
    connection.run(_wait, review=number, entry=message.replay_of or message.id)


def _waiting_since_answer(connection: Connection, number: int, message: Message) -> None:
    """It was parsed when the answer was on its way, and goes through again like those before it."""
    connection.run(_wait, review=number, entry=message.id)


def _asked(connection: Connection, message: Message, said: RecordUpdate, about: Unmapped, key: str) -> tuple[int, str]:
    if row := connection.row(_find, of_key=key):
        return _found(row)
    detail = detail_of(said, about)
    if _too_many(connection, message.feed, about.map):
        key, detail = f"{prefix_of(message.feed, about.map)}*", detail | {"code": MASK, "display": "", "masked": True}
        if row := connection.row(_find, of_key=key):
            return _found(row)
    open_review(connection, Question(KIND, key, message.feed, message.replay_of or message.id, (), detail))
    row = connection.row(_find, of_key=key)
    assert row is not None  # noqa: S101 - it was written a line above
    return _found(row)


def _found(row: tuple[Any, ...]) -> tuple[int, str]:
    number, status, detail = row
    return int(number), KEPT if status == "closed" and decode(detail)["masked"] else str(status)


def _too_many(connection: Connection, feed: str, name: str) -> bool:
    prefix = prefix_of(feed, name)
    row = connection.row(_open, first=prefix, last=prefix[:-1] + chr(ord(prefix[-1]) + 1))
    return row is not None and row[0] >= MOST


def prefix_of(feed: str, name: str) -> str:
    return f"{KIND}/{feed}/{name}/"


def key_of(feed: str, about: Unmapped) -> str:
    """A digest, for what stands in a code field may be somebody's number."""
    said = hashlib.blake2b(f"{about.system}|{about.code}".encode(), digest_size=16).hexdigest()
    return prefix_of(feed, about.map) + said


def detail_of(said: RecordUpdate, about: Unmapped) -> Json:
    """What the question shows; a code that may be personal data is masked, and cannot be mapped."""
    told = _told_of_person(said)
    masked = is_personal(about.code, told)
    return {
        "map": about.map,
        "place": about.place,
        "code": MASK if masked else about.code,
        "system": "" if is_personal(about.system, told) else about.system,
        "display": MASK if is_personal(about.display, told) else about.display,
        "masked": masked,
    }


def is_personal(text: str, told: frozenset[str] = frozenset()) -> bool:
    """Whether it may be a number, a phone or a name: long digits, long texts, and whatever the message calls people."""
    return len(text) > LONGEST or _PERSONAL.search(text) is not None or any(part in text for part in told)


def _told_of_person(said: RecordUpdate) -> frozenset[str]:
    """Names and numbers of the person and of those around them, as this message has them."""
    bodies = [resource.body for resource in said.resources if resource.type == "RelatedPerson"]
    if said.claim is not None:
        bodies += [said.claim.patient, *(said.claim.patient.get("contact") or ())]
    return frozenset(word for body in bodies for word in _words(body))


def _words(body: Json) -> Iterable[str]:
    """Short ones say nothing: a number may well be the same as a code."""
    names = body.get("name") or ()
    for name in [names] if isinstance(names, dict) else names:
        if len(text := name.get("text") or name.get("family", "") + "".join(name.get("given") or ())) > 1:
            yield text
    for number in (*(body.get("identifier") or ()), *(body.get("telecom") or ())):
        if len(value := number.get("value") or "") > 4:
            yield value
