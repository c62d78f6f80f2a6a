"""One condition of a search: from the words of FHIR to a test of the index."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from hub.errors import BadQuery
from hub.identity.normalise import fold
from hub.model.person import normal_id_number
from hub.records import times
from hub.records.indexing import normal_token
from hub.records.parameters import PARAMETERS, Parameter

ALTERNATIVES = 200
ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_PREFIXED = re.compile(r"(eq|ne|gt|lt|ge|le|sa|eb|ap)?([0-9].*)", re.DOTALL)
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?)?)?)?", re.ASCII)
_APPROXIMATELY = 10  # the R4 recommendation: a tenth of the distance to now
_LETTERS = re.compile(r"\\.|.", re.DOTALL)
_TYPE = re.compile(r"[A-Z][A-Za-z]{1,63}")
_TELECOMS = ("phone", "email", "telecom")
MODIFIERS = {
    "token": ("not", "missing"),
    "string": ("exact", "contains", "missing"),
    "date": ("missing",),
    "reference": ("identifier", "missing"),
    "person": ("identifier",),
}
"""By kind of parameter. References also take a type: ``subject:Patient``."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A test with its values apart, so that conditions of one ``shape`` share their SQL."""

    test: str
    shape: tuple[Any, ...]
    values: tuple[Any, ...]
    rank: int
    """How few resources are likely to pass: the lowest leads the search."""


def condition(parameter: Parameter, modifier: str, raw: str) -> Condition:
    """Raises ``BadQuery`` for a modifier or value that this kind of parameter does not have."""
    place = f"{parameter.name}:{modifier}" if modifier else parameter.name
    if modifier == "missing" and "missing" in MODIFIERS[parameter.kind]:
        return _missing(parameter, raw, place)
    if modifier and modifier not in MODIFIERS[parameter.kind] and not _is_type(parameter, modifier):
        raise BadQuery("the modifier :{modifier} is not supported for {name}", place=place, modifier=modifier[:40],
                       name=parameter.name)  # fmt: skip
    return _READERS[parameter.kind](parameter, modifier, alternatives(raw, place), place)


def by_number(type_: str, value: str, system: str = "") -> Condition:
    """What has this number; without a system, one of any."""
    number = "|".join(map(escaped, (system, value) if system else (value,)))
    return condition(PARAMETERS[type_]["identifier"], "", number)


def by_id(raw: str) -> Condition:
    ids = [_one_id(value, "_id") for value in alternatives(raw, "_id")]
    return Condition("id", (), (ids,), 0)


def by_last_updated(raw: str) -> Condition:
    found = [_date(value, "_lastUpdated") for value in alternatives(raw, "_lastUpdated")]
    return Condition("updated", _prefixes(found), _bounds(found), 8)


def told_by(feed: str) -> Condition:
    """What belongs to a person of whom a feed has told anything itself."""
    return Condition("told_by", (), (feed,), 9)


def persons_only() -> Condition:
    return Condition("persons", (), (), 9)


def alternatives(raw: str, place: str) -> list[str]:
    """What commas divide; a comma behind a backslash is part of a value."""
    found = divide(raw, ",")
    if not all(found):
        raise BadQuery("{name} has an empty value", place=place, name=place)
    if len(found) > ALTERNATIVES:
        raise BadQuery("{name} has more than {most} values", place=place, name=place, most=ALTERNATIVES)
    return found


def divide(raw: str, sign: str, most: int = -1) -> list[str]:
    """Cuts at ``sign`` where no backslash stands before it, ``most`` times at the most; escapes stay."""
    if "\\" not in raw:
        return raw.split(sign, most)
    found = [""]
    for letter in _LETTERS.findall(raw):
        if letter == sign and most:
            found.append("")
            most -= 1
        else:
            found[-1] += letter
    return found


def plain(value: str) -> str:
    r"""Without its escapes: ``\,`` ``\|`` ``\$`` ``\\``."""
    return re.sub(r"\\([,|$\\])", r"\1", value) if "\\" in value else value


def escaped(value: str) -> str:
    """Of a value what ``plain`` makes the value of again: its separators are text."""
    return re.sub(r"[,|$\\]", r"\\\g<0>", value)


# --- tokens ----------------------------------------------------------------------------------------------------------


def _token(parameter: Parameter, modifier: str, raws: Sequence[str], place: str) -> Condition:
    values: list[str] = []
    systems: list[str] = []
    pairs: list[tuple[str, str]] = []
    for raw in raws:
        system, bar, code = _token_parts(raw, place)
        if not bar:
            values += _spellings(parameter.name, code)
        elif not code:
            systems.append(system)
        else:
            pairs.append((system, _normal(parameter.name, system, code)))
    test = "no_token" if modifier == "not" else "token"
    flat = [part for pair in pairs for part in pair]
    rank = 1 if "identifier" in parameter.name else 4
    return Condition(
        test,
        (bool(values), bool(systems), len(pairs)),
        (parameter.row, values, systems, *flat),
        rank if not systems else 7,
    )


def _token_parts(raw: str, place: str) -> tuple[str, str, str]:
    system, *rest = divide(raw, "|", 1)
    if not rest:
        return "", "", plain(system).strip()
    if not (system or rest[0]):
        raise BadQuery("{name} has an empty value", place=place, name=place)
    return plain(system), "|", plain(rest[0])


def _normal(name: str, system: str, code: str) -> str:
    return normal_token("phone" if name in _TELECOMS and system != "email" else system, code)


def _spellings(name: str, code: str) -> Iterable[str]:
    """A number may be asked for as people write it; the index has it in one form."""
    if name in _TELECOMS:
        return {code, normal_token("phone", code)}
    return {code, normal_id_number(code)} if name == "identifier" else {code}


# --- strings, dates --------------------------------------------------------------------------------------------------


def _string(parameter: Parameter, modifier: str, raws: Sequence[str], place: str) -> Condition:
    texts = [plain(raw) for raw in raws]
    folded = [fold(text) for text in texts]
    if not all(folded):
        raise BadQuery("{name} has an empty value", place=place, name=place)
    match modifier:
        case "exact":
            pairs = [part for pair in zip(folded, texts, strict=True) for part in pair]
            return Condition("string_exact", (len(texts),), (parameter.row, *pairs), 2)
        case "contains":
            return Condition("string_contains", (len(texts),), (parameter.row, *folded), 6)
    ends = [part for text in folded for part in (text, text + "\U0010ffff")]
    return Condition("string_starts", (len(texts),), (parameter.row, *ends), 3)


def _dates(parameter: Parameter, _modifier: str, raws: Sequence[str], place: str) -> Condition:
    found = [_date(raw, place) for raw in raws]
    return Condition("date", _prefixes(found), (parameter.row, *_bounds(found)), 5)


DateTest = tuple[str, int, int]


def _date(raw: str, place: str) -> DateTest:
    match = _PREFIXED.fullmatch(raw.strip().replace(" ", "+"))  # a "+" left unescaped in a URL is a blank
    stretch = interval(match[2]) if match else None
    if match is None or stretch is None:
        raise BadQuery("{name} is not a date such as 2024-05-01 or ge2024-05", place=place, name=place)
    return _widened(match[1] or "eq", *stretch)


def interval(text: str) -> tuple[int, int] | None:
    """The stretch of time that a date means; none for what is no FHIR date."""
    try:
        return times.interval(text) if _DATE.fullmatch(text) else None
    except (ValueError, OverflowError):
        return None


def _widened(prefix: str, low: int, high: int) -> DateTest:
    if prefix != "ap":
        return prefix, low, high
    margin = abs(times.now() - (low + high) // 2) // _APPROXIMATELY
    return prefix, low - margin, high + margin


def _prefixes(found: Sequence[DateTest]) -> tuple[str, ...]:
    return tuple(prefix for prefix, _, _ in found)


def _bounds(found: Sequence[DateTest]) -> tuple[int, ...]:
    return tuple(bound for _, low, high in found for bound in (low, high))


# --- references ------------------------------------------------------------------------------------------------------


def _person(parameter: Parameter, modifier: str, raws: Sequence[str], place: str) -> Condition:
    if modifier == "identifier":
        return _identified("person_identified", parameter, raws, place)
    targets = [_target(raw, modifier, place) for raw in raws]
    return Condition("person", (), ([id_ for type_, id_ in targets if type_ in ("", "Patient")],), 1)


def _reference(parameter: Parameter, modifier: str, raws: Sequence[str], place: str) -> Condition:
    if modifier == "identifier":
        return _identified("reference_identified", parameter, raws, place)
    found = [_target(raw, modifier, place) for raw in raws]
    targets = [f"{type_}/{id_}" for asked, id_ in found for type_ in ((asked,) if asked else PARAMETERS)]
    return Condition("reference", (), (parameter.row, targets), 2)


def _identified(test: str, parameter: Parameter, raws: Sequence[str], place: str) -> Condition:
    parts = [_token_parts(raw, place) for raw in raws]
    shape = tuple(bool(bar) for _, bar, _ in parts)
    flat = [part for system, _, code in parts for part in (system, normal_token(system, code or ""))]
    if not all(code for _, _, code in parts):
        raise BadQuery("{name} has an empty value", place=place, name=place)
    types = ("Patient",) if test == "person_identified" else PARAMETERS
    return Condition(test, shape, (parameter.row, [f"{type_}.identifier" for type_ in types], *flat), 3)


def _target(raw: str, modifier: str, place: str) -> tuple[str, str]:
    type_, slash, id_ = plain(raw).rpartition("/")
    if slash and not _TYPE.fullmatch(type_):
        raise BadQuery("{name} is not a reference such as Patient/123", place=place, name=place)
    if modifier and type_ not in ("", modifier):
        raise BadQuery("{name} names one type and its value another", place=place, name=place)
    return type_ or modifier, _one_id(id_, place)


def _one_id(raw: str, place: str) -> str:
    if not ID.fullmatch(raw):
        raise BadQuery("{name} is not an id: 1 to 64 letters, digits, hyphens and dots", place=place, name=place)
    return raw


def _is_type(parameter: Parameter, modifier: str) -> bool:
    return parameter.kind in ("reference", "person") and modifier in PARAMETERS


def _missing(parameter: Parameter, raw: str, place: str) -> Condition:
    if raw not in ("true", "false"):
        raise BadQuery("{name} is either true or false", place=place, name=place)
    return Condition("missing", (parameter.kind, raw == "true"), (parameter.row,), 9)


_READERS = {"token": _token, "string": _string, "date": _dates, "reference": _reference, "person": _person}
