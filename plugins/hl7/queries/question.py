"""A message that asks: read as far as it can be without the record. Pure."""

from __future__ import annotations

import hashlib
import re
from dataclasses import astuple, dataclass, field
from typing import TYPE_CHECKING

from hub import ID_NUMBER_SYSTEM, Text
from plugins.hl7.queries import demographics
from plugins.hl7.queries.demographics import Demographics
from plugins.hl7.queries.faults import DATA, MISSING, SEQUENCE, TYPE, VALUE, QueryFault
from plugins.hl7.queries.parameters import person, read_parameters, unsearchable
from plugins.hl7.queries.visits import VisitAsked, visit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from plugins.hl7.draft import Draft
    from plugins.hl7.lexer import Lexed, Repetition, Segment
    from plugins.hl7.queries.domains import Domains

CANCEL = "J01"
_CONTROL = re.compile("[\x00-\x1f]")
_LIMIT = re.compile(r"[0-9]{1,9}")
TRIGGERS = {("QBP", "Q21"): "Q21", ("QBP", "Q22"): "Q22", ("QBP", "ZV1"): "ZV1", ("QBP", "Q23"): "Q23",
             ("QBP", "Q11"): "Z34", ("QRY", "A19"): "A19", ("QCN", "J01"): CANCEL}  # fmt: skip
_NOT_NOW = Text("only questions that are answered at once, record by record, are answered here")


@dataclass(frozen=True, slots=True)
class Asked:
    """One question, whichever way it was written."""

    name: str
    """``Q22``, as the feed's file allows it."""
    segments: tuple[Segment, ...] = ()
    """What an answer repeats: QPD, or QRD and QRF."""
    tag: str = ""
    who: Demographics = field(default_factory=Demographics)
    visit: VisitAsked = field(default_factory=VisitAsked)
    domains: tuple[str, ...] = ()
    """Systems whose numbers are wanted; empty = all."""
    limit: int = 0
    """The most records wanted; 0 where the question does not say."""
    pointer: str = ""
    """Where the answer goes on (DSC-1)."""

    @property
    def digest(self) -> str:
        """What a page and the page before must have in common: all that was asked, but not its tag."""
        said = repr((self.name, self.who, self.visit, self.domains))
        return hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def read(lexed: Lexed, domains: Domains) -> Asked:
    """Raises ``QueryFault`` for what is not answered however full the record is."""
    header = lexed.header
    trigger = (header.get(9).strip().upper(), header.get(9, 2).strip().upper())
    name = TRIGGERS.get(trigger)
    if name is None:
        kind = "^".join(trigger)[:20]
        raise QueryFault(
            TYPE,
            Text("questions of type {type} are not answered here", {"type": kind}),
            "MSH-9",
            answer="AR",
            reason="query_unknown",
        )
    allowed = domains.settings.queries.allow
    if name != CANCEL and name not in allowed:
        raise QueryFault(
            TYPE,
            Text("this feed may not ask {name}: its file allows it under settings.queries", {"name": name}),
            "MSH-9",
            answer="AR",
            reason="query_not_allowed",
        )
    asked = _READERS[name](name, lexed, domains)
    if _CONTROL.search("".join(_texts((astuple(asked.who), astuple(asked.visit))))):
        raise QueryFault(DATA, Text("a control character cannot be searched for"), asked.segments[0].name)
    return asked


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for inner in value:
            yield from _texts(inner)


def _by_parameters(name: str, lexed: Lexed, domains: Domains) -> Asked:
    """QBP: QPD, RCP, DSC."""
    said = lexed.first("QPD")
    if said is None:
        raise QueryFault(SEQUENCE, Text("the question has no QPD segment"), "QPD")
    titled = said.get(1).strip().upper()
    if not titled:
        raise QueryFault(MISSING, Text("QPD-1 does not name the question"), "QPD-1")
    if titled != name and (name == "Z34" or titled in _FILLED):
        raise QueryFault(
            VALUE, Text("QPD-1 names another question than MSH-9: {name} is expected", {"name": name}), "QPD-1"
        )
    draft = domains.draft(lexed.delimiters)
    asked, visited, wanted = _FILLED[name](said, domains, draft)
    control, pointer = lexed.first("RCP"), lexed.first("DSC")
    _at_once(control)
    limit = _limit(control, 2)
    return Asked(name, (said,), said.get(2), asked, visited, wanted, limit, pointer.get(1).strip() if pointer else "")


Filled = tuple[Demographics, VisitAsked, tuple[str, ...]]


def _candidates(said: Segment, domains: Domains, draft: Draft) -> Filled:
    found = read_parameters(said.repetitions(3), "QPD-3")
    if other := next((one for one in found if one.segment != "PID"), None):
        raise unsearchable(other)
    asked = person(found, domains, draft)
    if asked.vague:
        raise _vague()
    return asked, VisitAsked(), _wanted(said, 8, domains, draft)


def _candidates_by_visit(said: Segment, domains: Domains, draft: Draft) -> Filled:
    found = read_parameters(said.repetitions(3), "QPD-3")
    if other := next((one for one in found if one.segment not in ("PID", "PV1")), None):
        raise unsearchable(other)
    asked = person(found, domains, draft)
    visited = visit([one for one in found if one.segment == "PV1"], domains, draft)
    if asked.vague and visited.empty:
        raise _vague()
    return asked, visited, _wanted(said, 8, domains, draft)


def _vague() -> QueryFault:
    return QueryFault(
        MISSING,
        Text("the question would fit too many: it needs a number, a name, a birth date, a phone number or an address"),
        "QPD-3",
    )


def _numbered(said: Segment, domains: Domains, draft: Draft) -> Filled:
    """Q21, Q23: one person's number."""
    reads = said.repetitions(3)
    if not reads or not reads[0].get().strip():
        raise QueryFault(MISSING, Text("the question names no number"), "QPD-3")
    if len(reads) > 1:
        raise QueryFault(DATA, Text("a parameter has one value"), "QPD-3")
    found = domains.number(reads[0], draft, "QPD-3[1]")
    if not (reads[0].get(4).strip() or reads[0].get(4, 2).strip()) and found[0][0] != ID_NUMBER_SYSTEM:
        raise QueryFault(MISSING, Text("the number has no issuer"), "QPD-3[1].4")
    return Demographics(found), VisitAsked(), _wanted(said, 4, domains, draft)


def _vaccinated(said: Segment, domains: Domains, draft: Draft) -> Filled:
    """Z34: numbers, and who it is where no number is known."""
    name, telecom, where = (next(iter(said.repetitions(at)), None) for at in (4, 9, 8))
    phone = _said(telecom, 12) or _said(telecom) or _said(telecom, 6) + _said(telecom, 7)
    asked = Demographics(
        numbers=demographics.numbers(said.repetitions(3), domains, draft, "QPD-3"),
        family=_said(name), given=_said(name, 2),
        born=demographics.birth_date(said.get(6).strip(), "QPD-6"),
        sex=demographics.sex(said.get(7).strip(), "QPD-7"),
        phones=(phone,) if phone else (),
        address=demographics.address(where) if where else (),
    )  # fmt: skip
    named = (asked.family or asked.given) and asked.born
    if not asked.numbers and not named:
        raise QueryFault(
            MISSING, Text("the question names nobody: it needs a number, or a name and a birth date"), "QPD-3"
        )
    return asked, VisitAsked(), ()


def _said(read: Repetition | None, component: int = 1) -> str:
    return read.get(component).strip() if read else ""


def _wanted(said: Segment, at: int, domains: Domains, draft: Draft) -> tuple[str, ...]:
    """The domains whose numbers are wanted: CX with an issuer alone. All that nobody knows are named."""
    reads = said.repetitions(at)
    systems = [
        domains.system(read.get(4).strip(), read.get(4, 2).strip(), read.get(4, 3).strip(), draft) for read in reads
    ]
    places = [f"QPD-{at}[{number}]" for number in range(1, len(reads) + 1)]
    if "" in systems:
        raise QueryFault(MISSING, Text("the number has no issuer"), f"{places[systems.index('')]}.4")
    domains.check(zip(systems, places, strict=True))
    return tuple(dict.fromkeys(systems))


def _original(name: str, lexed: Lexed, domains: Domains) -> Asked:
    """QRY: QRD, QRF, DSC (HL7 2.5.1, 5.10)."""
    said, narrowed, pointer = lexed.first("QRD"), lexed.first("QRF"), lexed.first("DSC")
    if said is None:
        raise QueryFault(SEQUENCE, Text("the question has no QRD segment"), "QRD")
    if said.get(2).strip().upper() not in ("", "R"):
        raise QueryFault(VALUE, _NOT_NOW, "QRD-2")
    if said.get(3).strip().upper() not in ("", "I"):
        raise QueryFault(VALUE, _NOT_NOW, "QRD-3")
    draft = domains.draft(lexed.delimiters)
    reads = said.repetitions(8)
    numbers = tuple(
        number
        for at, one in enumerate(reads, 1)
        if (value := one.get().strip())
        for number in domains.numbered(
            value, (one.get(9).strip(), one.get(9, 2).strip(), one.get(9, 3).strip()), one.get(13).strip(), draft,
            f"QRD-8[{at}].9",
        )
    )  # fmt: skip
    first = next(iter(reads), None)
    asked = (
        Demographics(numbers, family=_said(first, 2), given=_said(first, 3)) if not numbers else Demographics(numbers)
    )
    if asked.empty:
        raise QueryFault(MISSING, Text("the question names nobody: it needs at least one parameter"), "QRD-8")
    segments = (said, narrowed) if narrowed else (said,)
    return Asked(
        name,
        segments,
        said.get(4),
        asked,
        limit=_limit(said, 7),
        pointer=pointer.get(1).strip() if pointer else "",
    )


def _cancelled(name: str, lexed: Lexed, domains: Domains) -> Asked:
    del domains
    said = lexed.first("QID")
    if said is None or not said.get(1).strip():
        raise QueryFault(MISSING, Text("QID-1 does not say which question is meant"), "QID-1")
    return Asked(name, (said,), said.get(1))


def _at_once(control: Segment | None) -> None:
    """Raises ``QueryFault`` unless the answer is wanted now (RCP-1)."""
    if control is not None and control.get(1).strip().upper() not in ("", "I"):
        raise QueryFault(VALUE, _NOT_NOW, "RCP-1")


def _limit(said: Segment | None, at: int) -> int:
    """``10^RD``: ten records. Lines and characters are not counted here."""
    if said is None or not said.get(at).strip():
        return 0
    number, unit = said.get(at).strip(), said.get(at, 2).strip().upper()
    if not _LIMIT.fullmatch(number) or not int(number) or unit not in ("", "RD"):
        raise QueryFault(VALUE, Text("the limit is a number of records, such as 10^RD"), f"{said.name}-{at}")
    return int(number)


_FILLED: Mapping[str, Callable[[Segment, Domains, Draft], Filled]] = {
    "Q21": _numbered,
    "Q22": _candidates,
    "ZV1": _candidates_by_visit,
    "Q23": _numbered,
    "Z34": _vaccinated,
}
_READERS: Mapping[str, Callable[[str, Lexed, Domains], Asked]] = {
    **dict.fromkeys(_FILLED, _by_parameters),
    "A19": _original,
    CANCEL: _cancelled,
}
