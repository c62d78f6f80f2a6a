"""Claims that may be the same person: each kept as its description, and found by the keys it shares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from operator import itemgetter
from typing import Any

import msgspec
from sqlalchemy import bindparam, delete, insert, literal_column, select, text, union_all, update

from hub import schema
from hub.database import Connection, Statement, any_of
from hub.database.statement import POSTGRESQL, SQLITE, ListOf
from hub.identity.normalise import Description
from hub.identity.scoring import Candidate, keys

CAP = 200
"""A key that more claims share says too little to look at them all: the others decide."""
NEAR, FEW = 3, 10
"""Who shares so many keys, each with no more than so few others, is likely to be the one that a claim joins."""
WIDTH = 16
"""Keys that one statement looks up; those that are missing are padded with NULL, which equals nothing."""

_likeness, _block_key = schema.likeness, schema.block_key


def _sharing(place: int) -> Any:
    """The likenesses with one key, or one more of them than are looked at."""
    shared = select(_block_key.c.key, _block_key.c.likeness).where(_block_key.c.key == bindparam(f"key_{place}"))
    limited = shared.limit(literal_column(str(CAP + 1))).subquery()
    return select(limited.c.key, limited.c.likeness)


_SHARING = Statement(union_all(*map(_sharing, range(WIDTH))))
_SHARING_ANY = Statement(
    text(
        "SELECT wanted.key, found.likeness FROM unnest(CAST(:keys AS bigint[])) AS wanted (key) CROSS JOIN LATERAL"  # noqa: S608 - a number of ours
        f" (SELECT likeness FROM block_key WHERE block_key.key = wanted.key LIMIT {CAP + 1}) AS found"
    ).bindparams(bindparam("keys", type_=ListOf()))
)
"""The same of any number of keys: SQLite knows no such thing."""
_MANY_KEYS = {
    SQLITE: Statement(
        text(
            "SELECT value, shared FROM (SELECT wanted.value AS value, (SELECT count(*) FROM (SELECT 1 FROM block_key"  # noqa: S608 - a number of ours
            f" WHERE block_key.key = wanted.value LIMIT {CAP + 1})) AS shared FROM json_each(:keys) AS wanted)"
            " WHERE shared > 0"
        ).bindparams(bindparam("keys", type_=ListOf()))
    ),
    POSTGRESQL: Statement(
        text(
            "SELECT wanted.value, shared FROM unnest(CAST(:keys AS bigint[])) AS wanted (value) CROSS JOIN LATERAL"  # noqa: S608 - a number of ours
            " (SELECT count(*) AS shared FROM (SELECT 1 FROM block_key"
            f" WHERE block_key.key = wanted.value LIMIT {CAP + 1}) AS found) AS counted WHERE shared > 0"
        ).bindparams(bindparam("keys", type_=ListOf()))
    ),
}
"""How many claims share each key that any has, or one more of them than are looked at."""
_OF_KEYS = Statement(select(_block_key.c.key, _block_key.c.likeness).where(any_of(_block_key.c.key, "keys")))
_FOUND = Statement(
    select(_likeness.c.number, _likeness.c.claim, _likeness.c.person, _likeness.c.form).where(
        any_of(_likeness.c.number, "numbers")
    )
)
_KEPT = Statement(
    select(_likeness.c.claim, _likeness.c.number, _likeness.c.form).where(any_of(_likeness.c.claim, "claims"))
)
_KEEP = Statement(insert(_likeness).values({name: bindparam(name) for name in ("number", "claim", "person", "form")}))
_CHANGE = Statement(
    update(_likeness).where(_likeness.c.number == bindparam("at_number")).values(form=bindparam("form"))
)
_FORGET = Statement(delete(_likeness).where(_likeness.c.number == bindparam("at_number")))
_ADD_KEY = Statement(insert(_block_key).values(key=bindparam("key"), likeness=bindparam("likeness")))
_DROP_KEY = Statement(
    delete(_block_key).where(_block_key.c.key == bindparam("key"), _block_key.c.likeness == bindparam("likeness"))
)
_NEXT_NUMBERS = {
    SQLITE: Statement(text("SELECT coalesce(max(number), 0) + :count FROM likeness")),
    POSTGRESQL: Statement(
        text("SELECT nextval(pg_get_serial_sequence('likeness', 'number')) FROM generate_series(1, :count)")
    ),
}

_NONE, _MANY = frozenset[int](), frozenset(range(-1, -CAP - 2, -1))
"""``_MANY`` stands for those that nobody looks at: only how many they are counts."""

KeysOf = Callable[[Description], tuple[int, ...]]
pack: Callable[[Description], bytes] = msgspec.msgpack.Encoder().encode
unpack: Callable[[bytes], Description] = msgspec.msgpack.Decoder(Description).decode


@dataclass(frozen=True, slots=True)
class Search:
    """What looking for a description found."""

    candidates: tuple[Candidate, ...]
    """Ordered by their claims' ids."""
    keys: int
    """By how many keys was looked."""
    capped: int
    """How many of them more than ``CAP`` claims share: those were left out."""

    @property
    def blind(self) -> bool:
        """Every key was left out: there may be candidates, and nobody has seen them."""
        return 0 < self.keys == self.capped


@dataclass(slots=True)
class _Kept:
    """A claim's likeness as the database has it: ``number`` is 0 where it has none."""

    number: int = 0
    form: bytes = b""


@dataclass(slots=True)
class _Noted:
    """What this transaction has said of claims and not yet written; None is forgotten."""

    forms: dict[str, Description | None] = field(default_factory=dict)
    sharing: dict[int, set[str]] = field(default_factory=dict)

    def put(self, claim: str, description: Description | None, keys_of: KeysOf) -> None:
        before = self.forms.get(claim)
        for key in keys_of(before) if before is not None else ():
            self.sharing[key].discard(claim)
        self.forms[claim] = description
        for key in keys_of(description) if description is not None else ():
            self.sharing.setdefault(key, set()).add(claim)


@dataclass(slots=True)
class _Looked:
    """What the database has: it does not change before ``flush``."""

    keys: dict[Description, tuple[int, ...]] = field(default_factory=dict)
    sharing: dict[int, Collection[int]] = field(default_factory=dict)
    """Numbers of likenesses by key; of a key that too many share, ``CAP`` of them and one more, whichever."""
    rows: dict[int, tuple[str, str, bytes]] = field(default_factory=dict)
    """Claim, person and form of a likeness."""


class Candidates:
    """What it was told is found by whoever asks later in the same transaction, before it is written."""

    def __init__(self, connection: Connection, person_of: Callable[[str], str | None] | None = None) -> None:
        """``person_of`` says whose a claim is by now, where this transaction has touched it."""
        self._connection = connection
        self._person_of = person_of or _untouched
        self._noted = _Noted()
        self._looked = _Looked()
        self._kept: dict[str, _Kept] = {}

    def expect(self, claims: Iterable[str]) -> None:
        """Reads the likenesses that will be asked for in one statement."""
        missing = [claim for claim in dict.fromkeys(claims) if claim not in self._kept]
        if not missing:
            return
        self._kept.update((claim, _Kept()) for claim in missing)
        for claim, number, form in self._connection.rows(_KEPT, claims=missing):
            self._kept[claim] = _Kept(number, bytes(form))

    def expect_near(self, descriptions: Iterable[Description]) -> set[str]:
        """Reads who is near each of them with a few statements; the claims that share most keys with one of them.

        Leaving it out costs time only.
        """
        all_keys = list(map(self._keys, descriptions))
        self._expect_sharing(set().union(*all_keys).difference(self._looked.sharing))
        nearest = filter(None, map(self._nearest, all_keys))
        return {self._looked.rows[number][0] for number in nearest if number in self._looked.rows}

    def _nearest(self, keys: Sequence[int]) -> int:
        """The likeness that shares most of the keys that few share, if those are ``NEAR``, else 0."""
        by_few = [some for key in keys if 0 < len(some := self._looked.sharing[key]) <= FEW]
        if len(by_few) < NEAR:
            return 0
        number, count = max(Counter(chain.from_iterable(by_few)).items(), key=itemgetter(1))
        return number if count >= NEAR else 0

    def _expect_sharing(self, wanted: Collection[int]) -> None:
        looked = self._looked
        if not wanted:
            return
        counts = self._connection.rows(_MANY_KEYS[self._connection.dialect], keys=sorted(wanted))
        looked.sharing |= dict.fromkeys(wanted, _NONE) | {key: _MANY for key, count in counts if count > CAP}
        usable = {key: set[int]() for key, count in counts if count <= CAP}
        for key, number in self._connection.rows(_OF_KEYS, keys=list(usable)) if usable else ():
            usable[key].add(number)
        looked.sharing |= usable
        self._read(set().union(*usable.values()))

    def note(self, claim: str, description: Description, *, new: bool = False) -> None:
        """How the claim is described from now on; ``new`` spares asking how it was described before."""
        if new:
            self._kept.setdefault(claim, _Kept())
        self._noted.put(claim, description, self._keys)

    def forget(self, claim: str) -> None:
        self._noted.put(claim, None, self._keys)

    def described(self, claims: Collection[str]) -> dict[str, Description]:
        """Those that have a description."""
        noted = self._noted.forms
        self.expect(claim for claim in claims if claim not in noted)
        found: dict[str, Description] = {}
        for claim in claims:
            description = noted[claim] if claim in noted else self._written(claim)
            if description is not None:
                found[claim] = description
        return found

    def near(self, description: Description, but: Collection[str] = frozenset()) -> list[Candidate]:
        """Claims that share a key, but those of ``but``."""
        return list(self.search(description, but).candidates)

    def search(
        self, description: Description, but: Collection[str] = frozenset(), known: Description | None = None
    ) -> Search:
        """Not by keys that ``known`` has too: who shares those was found when that was looked for."""
        wanted = self._keys(description)
        if known is not None:
            wanted = tuple(set(wanted).difference(self._keys(known)))
        sharing = self._sharing(wanted)
        usable = {
            key: numbers
            for key, numbers in sharing.items()
            if len(numbers) + len(self._noted.sharing.get(key, ())) <= CAP
        }
        found = [*self._written_near(set().union(*usable.values()), but), *self._unwritten(usable, but)]
        found.sort(key=lambda candidate: candidate.claim)
        return Search(tuple(found), len(sharing), len(sharing) - len(usable))

    def flush(self) -> None:
        """Writes what was noted: of a claim described before only the keys that changed."""
        noted = self._noted.forms
        self.expect(noted)
        numbers = self._next_numbers(
            sum(1 for claim, said in noted.items() if said is not None and not self._kept[claim].number)
        )
        writing = _Writing()
        for claim, description in noted.items():
            kept = self._kept[claim]
            form = pack(description) if description is not None else b""
            if form == kept.form:
                continue
            number = kept.number or next(numbers)
            wanted = self._keys(description) if description is not None else ()
            writing.put((number, claim, self._person_of(claim) or claim, form), kept, wanted)
            self._kept[claim] = _Kept(number, form) if form else _Kept()
        self._noted, self._looked = _Noted(), _Looked()
        writing.write(self._connection)

    def _keys(self, description: Description) -> tuple[int, ...]:
        found = self._looked.keys.get(description)
        if found is None:
            found = self._looked.keys[description] = keys(description)
        return found

    def _written(self, claim: str) -> Description | None:
        form = self._kept[claim].form
        return unpack(form) if form else None

    def _sharing(self, wanted: Sequence[int]) -> dict[int, Collection[int]]:
        """The numbers of the likenesses that the database finds by each key."""
        known = self._looked.sharing
        missing = [key for key in wanted if key not in known]
        found = {key: set[int]() for key in missing}
        for key, number in self._rows_sharing(missing):
            found[key].add(number)
        known |= found
        return {key: known[key] for key in wanted}

    def _rows_sharing(self, wanted: Sequence[int]) -> Iterator[tuple[int, int]]:
        if self._connection.dialect == POSTGRESQL:
            yield from self._connection.rows(_SHARING_ANY, keys=wanted) if wanted else ()
            return
        for start in range(0, len(wanted), WIDTH):
            some = wanted[start : start + WIDTH]
            padded = {f"key_{place}": some[place] if place < len(some) else None for place in range(WIDTH)}
            yield from self._connection.rows(_SHARING, **padded)

    def _read(self, numbers: Collection[int]) -> None:
        missing = sorted(set(numbers).difference(self._looked.rows))
        for number, *row in self._connection.rows(_FOUND, numbers=missing) if missing else ():
            self._looked.rows[number] = tuple(row)

    def _written_near(self, numbers: Collection[int], but: Collection[str]) -> Iterator[Candidate]:
        self._read(numbers)
        for claim, person, form in (self._looked.rows[number] for number in numbers if number in self._looked.rows):
            if claim not in but and claim not in self._noted.forms:
                yield Candidate(claim, self._person_of(claim) or person, unpack(form))

    def _unwritten(self, shared: Collection[int], but: Collection[str]) -> Iterator[Candidate]:
        """Those noted in this transaction."""
        near = set().union(*(self._noted.sharing.get(key, ()) for key in shared))
        for claim in near.difference(but):
            description = self._noted.forms[claim]
            if description is not None:
                yield Candidate(claim, self._person_of(claim) or claim, description)

    def _next_numbers(self, count: int) -> Iterator[int]:
        if not count:
            return iter(())
        rows = self._connection.rows(_NEXT_NUMBERS[self._connection.dialect], count=count)
        if self._connection.dialect == POSTGRESQL:
            return iter([number for (number,) in rows])
        return iter(range(rows[0][0] - count + 1, rows[0][0] + 1))


@dataclass(slots=True)
class _Writing:
    """Rows to write, a statement for each kind, their values in its order."""

    rows: dict[Statement, list[tuple[Any, ...]]] = field(
        default_factory=lambda: {each: [] for each in (_DROP_KEY, _FORGET, _CHANGE, _KEEP, _ADD_KEY)}
    )

    def put(self, row: tuple[int, str, str, bytes], kept: _Kept, now: Sequence[int]) -> None:
        number, _, _, form = row
        old, new = set(keys(unpack(kept.form))) if kept.form else set(), set(now)
        self.rows[_DROP_KEY] += [(key, number) for key in sorted(old - new)]
        self.rows[_ADD_KEY] += [(key, number) for key in sorted(new - old)]
        if not form:
            self.rows[_FORGET].append((number,))
        elif kept.number:
            self.rows[_CHANGE].append((form, number))
        else:
            self.rows[_KEEP].append(row)

    def write(self, connection: Connection) -> None:
        with connection.together():
            for statement, rows in self.rows.items():
                rows.sort()  # neighbours in the table are written together
                connection.many_in_order(statement, rows)


def _untouched(claim: str) -> str | None:  # noqa: ARG001 - the signature of ``person_of``
    return None
