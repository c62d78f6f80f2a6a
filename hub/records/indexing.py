"""What a resource is found by: pure functions from its JSON to rows of the search index."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from hub.identity.normalise import fold, ways_to_write
from hub.identity.normalise.parts import parts_of
from hub.model import Json
from hub.model.person import ID_NUMBER_SYSTEM, normal_id_number
from hub.records.parameters import BOOLEAN_DECEASED, PARAMETERS, Parameter
from hub.records.times import FIRST, LAST, interval

LONGEST = 256
"""Characters that the index keeps of a value: PostgreSQL indexes no row beyond 2,704 bytes."""
ACTIVE = PARAMETERS["Patient"]["active"].row
"""Who does not say so is active, as FHIR has it."""

_CHOICES = frozenset(("abatement", "collected", "deceased", "effective", "occurrence", "onset", "performed", "value"))
_DATE_TYPES = ("DateTime", "Period", "Instant", "Timing")


@dataclass(slots=True)
class IndexRows:
    """Rows of the four search tables without their ``rid``."""

    tokens: set[tuple[str, str, str]] = field(default_factory=set)
    """name, value, system"""
    strings: set[tuple[str, str, str]] = field(default_factory=set)
    """name, folded, exact"""
    dates: set[tuple[str, int, int]] = field(default_factory=set)
    """name, first microsecond, first after it"""
    references: set[tuple[str, str]] = field(default_factory=set)
    """target, name"""

    def without(self, others: IndexRows) -> IndexRows:
        return IndexRows(
            self.tokens - others.tokens,
            self.strings - others.strings,
            self.dates - others.dates,
            self.references - others.references,
        )


def index_rows(body: Json) -> IndexRows:
    rows = IndexRows()
    plan = _PLANS.get(body["resourceType"])
    if plan is None:
        return rows
    for element in body.keys() & plan.keys():
        value = body[element]
        for add, name, path, wanted in plan[element]:
            found = _along(value, path, wanted) if path or wanted else value
            if isinstance(found, list):
                for one in found:
                    if one is not None:
                        add(rows, name, one)
            elif found is not None:
                add(rows, name, found)
    if body["resourceType"] == "Patient":
        dead = "deceasedDateTime" in body or body.get("deceasedBoolean") is True
        rows.tokens.add((BOOLEAN_DECEASED.row, "true" if dead else "false", ""))
        rows.tokens.add((ACTIVE, "false" if body.get("active") is False else "true", ""))
        for name in body.get("name") or ():
            _add_ways_to_write(rows, name)
    return rows


@lru_cache(maxsize=16_384)
def normal_phone(number: str) -> str:
    """Digits only, without the country code of China."""
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", number))
    return re.sub(r"^(?:0086|86)(?=1\d{10}$)", "", digits)


def normal_token(system: str, value: str) -> str:
    """As it stands in the token index: a resident's number and a phone number in one form, others as written."""
    if system == ID_NUMBER_SYSTEM:
        return normal_id_number(value)
    return normal_phone(value) or value if system in ("phone", "fax", "sms") else value


Add = Callable[[IndexRows, str, Any], None]
"""Adds the rows of one value under a parameter's name."""


def _add_token(rows: IndexRows, name: str, value: Any) -> None:
    if not isinstance(value, dict):
        rows.tokens.add((name, str(value).lower() if isinstance(value, bool) else str(value)[:LONGEST], ""))
        return
    for coding in value.get("coding") or (value,):
        code = coding.get("code") or coding.get("value")
        if code:
            rows.tokens.add((name, *_token(coding.get("system", ""), str(code))))


@lru_cache(maxsize=16_384)
def _token(system: str, code: str) -> tuple[str, str]:
    """Value and system as they stand in the index."""
    return normal_token(system, code)[:LONGEST], system[:LONGEST]


def _add_string(rows: IndexRows, name: str, value: Any) -> None:
    for text in _texts(value):
        start = text[:LONGEST]
        rows.strings.add((name, fold(start)[:LONGEST], start))


def _add_ways_to_write(rows: IndexRows, name: Json) -> None:
    """A person is found by pinyin and initials too, and a Chinese name that is one text by its parts.

    But never with ``:exact``: no name is written so.
    """
    for folded in ways_to_write(name):
        rows.strings.add(("Patient.name", folded[:LONGEST], ""))
    for family, given in parts_of(name):
        rows.strings |= {("Patient.family", family, ""), ("Patient.given", given, "")}


def _texts(value: Any) -> Iterator[str]:
    """Every text of a string, a name or an address; a name without its whole gets it put together."""
    if isinstance(value, str):
        yield value
        return
    for key, part in value.items():
        if key in _TEXT_PARTS:
            yield from (part,) if isinstance(part, str) else filter(None, part or ())
    if "family" in value and not value.get("text"):
        yield value["family"] + "".join(value.get("given") or ())


_TEXT_PARTS = frozenset(
    ("text", "family", "given", "prefix", "suffix", "line", "city", "district", "state", "postalCode", "country")
)


def _add_date(rows: IndexRows, name: str, value: Any) -> None:
    try:
        low, high = _stretch(value)
    except (ValueError, TypeError):
        return  # what is no date is found by other means
    rows.dates.add((name, low, high))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _stretch(value: Any) -> tuple[int, int]:
    if isinstance(value, str):
        return interval(value)
    if moments := value.get("event"):
        return min(interval(one)[0] for one in moments), max(interval(one)[1] for one in moments)
    period = value.get("repeat", {}).get("boundsPeriod") or value
    start, end = period.get("start"), period.get("end")
    if not (start or end):
        raise ValueError("a period without an end")
    return interval(start)[0] if start else FIRST, interval(end)[1] if end else LAST


def _add_reference(rows: IndexRows, name: str, value: Any) -> None:
    target = value.get("reference") if isinstance(value, dict) else None
    if target and not target.startswith("#"):
        rows.references.add((target[:LONGEST], name))


def _along(value: Any, path: tuple[str, ...], wanted: str) -> list[Any]:
    """What stands at the end of ``path``, in each repetition, where its ``system`` is the one wanted."""
    found = _listed(value)
    for element in path:
        found = [inner for one in found if isinstance(one, dict) and element in one for inner in _listed(one[element])]
    if wanted:
        return [one for one in found if isinstance(one, dict) and one.get("system") == wanted]
    return found


_KINDS: dict[str, Add] = {
    "token": _add_token,
    "string": _add_string,
    "date": _add_date,
    "reference": _add_reference,
}
_WHERE = re.compile(r"\.where\(system='(\w+)'\)$")


def _places(parameter: Parameter) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """First element, the path behind it, and the ``system`` wanted, for each place a parameter looks at."""
    for place in parameter.expression.split(" | "):
        where = _WHERE.search(place)
        path, _, as_type = _WHERE.sub("", place).partition(" as ")
        first, *rest = path.split(".")[1:]
        *parents, last = first, *rest
        for name in _spellings(last, as_type, parameter.kind):
            full = (*parents, name)
            yield full[0], full[1:], where[1] if where else ""


def _spellings(element: str, as_type: str, kind: str) -> tuple[str, ...]:
    """An element with a choice of types has the type in its name: ``effectivePeriod``."""
    if as_type:
        return (element + as_type[0].upper() + as_type[1:],)
    if kind == "date" and element in _CHOICES:
        return tuple(element + type_ for type_ in _DATE_TYPES)
    return (element,)


class _Place(NamedTuple):
    """Where a parameter looks beneath a first element."""

    add: Add
    name: str
    path: tuple[str, ...]
    wanted: str


def _plan(parameters: dict[str, Parameter]) -> dict[str, list[_Place]]:
    plan: dict[str, list[_Place]] = {}
    for parameter in parameters.values():
        if parameter.kind == "person" or parameter is BOOLEAN_DECEASED:
            continue
        for first, rest, wanted in _places(parameter):
            plan.setdefault(first, []).append(_Place(_KINDS[parameter.kind], parameter.row, rest, wanted))
    return plan


_PLANS = {type_: _plan(parameters) for type_, parameters in PARAMETERS.items()}
