"""By what a claim is looked for: several keys, each of which most true pairs and few strangers share."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b

from hub.identity.normalise import Description, first
from hub.identity.scoring.naming import Parsed, blurred, parse
from hub.identity.scoring.spelling import as_syllables

MOST = 256
"""Keys of one claim: numbers first, then names in their order. Whoever tells little more than usual has fifty."""


def keys(description: Description) -> tuple[int, ...]:
    """Signed 64-bit hashes; a key with a part that nobody has said is left out."""
    return first(MOST, (_hashed(parts) for parts in _parts(description) if all(parts)))


def _hashed(parts: tuple[str, ...]) -> int:
    return int.from_bytes(blake2b("\0".join(parts).encode(), digest_size=8).digest(), "big", signed=True)


def _parts(of: Description) -> Iterator[tuple[str, ...]]:
    for number in (*of.id_numbers, *of.doubtful):
        yield "id", number
        yield "serial", number[6:17] if len(number) == 18 else ""
        yield "area", number[:6], number[10:] if len(number) == 18 else ""
    for system, value in of.papers:
        yield "paper", system, value
    for village in _villages(of):
        yield "birth-village", _full(of.birth), village, of.sex
    for phone in of.phones:
        yield "birth-phone", of.birth[:4], phone
    if of.mother is not None:
        for system, value in of.mother.numbers:
            yield "mother", system, value
        for name in of.mother.names:
            yield "mother-day", _full(of.birth)[5:], name.sound
            yield "mother-year", of.birth[:4], name.sound
    if not of.nameless:
        for name in of.names:
            yield from _of_name(parse(name), of)


def _of_name(name: Parsed, of: Description) -> Iterator[tuple[str, ...]]:
    whole, day = " ".join(sorted(name.fuzzy)), _full(of.birth)
    yield "name-birth", whole, day
    yield "name-month", whole, of.birth[:7] if len(of.birth) >= 7 else ""
    yield "name-day", whole, day[5:]
    yield "name-year", whole, of.birth[:4]
    if of.mother is not None:
        for mother in of.mother.names:
            yield "mother-child", mother.sound, whole
    yield from _of_han(name, of) if name.han else _of_latin(name, of)


def _of_han(name: Parsed, of: Description) -> Iterator[tuple[str, ...]]:
    day, surname, given = _full(of.birth), " ".join(name.fuzzy[: name.surname]), " ".join(name.fuzzy[name.surname :])
    yield "given-birth", given, day
    yield "surname-birth", surname, day
    for phone in of.phones:
        yield "phone-name", phone, name.fuzzy[0]
    for place in _villages(of) | {one.units[-1] for one in of.addresses if one.units}:
        yield "name-village", " ".join(sorted(name.fuzzy)), place


def _of_latin(name: Parsed, of: Description) -> Iterator[tuple[str, ...]]:
    """Typing errors spoil any one part, so each stands in few keys."""
    begin = " ".join(sorted(word[:3] for word in name.sounds))
    yield "latin-birth", _full(of.birth)
    for syllables in as_syllables(name.sounds):
        yield "name-birth", " ".join(sorted(map(blurred, syllables))), _full(of.birth)
    for address in of.addresses:
        street, number, near = address.village, address.numbers[:1], address.units[-2:]
        yield "latin-begin", begin, *(number or ("",))
        for word in name.sounds:
            yield "latin-street", word[:3], street
            for unit in near:
                yield "latin-area", word, unit[:4]
        for unit in near:
            yield "street-area", street[:5], unit[:4]
            yield "begin-area", begin, unit[:4]
            yield "number-area", unit, *(number or ("",))
        yield "street-number", street[:5], *(number or ("",))


def _villages(of: Description) -> set[str]:
    """Or towns, where a village was not made out."""
    return {found for one in of.addresses if (found := one.village or (one.units[-1] if one.units else ""))}


def _full(birth: str) -> str:
    return birth if len(birth) == 10 else ""
