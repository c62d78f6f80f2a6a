"""The base: what a police register says of everybody, part after part, so that no number of people needs memory."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from benchmarks.people.feeds import REGISTER, register
from benchmarks.people.numbers import check_digit
from benchmarks.people.residents import World
from benchmarks.people.said import Said
from benchmarks.people.world import world
from hub.identity.candidates import pack
from hub.identity.normalise import describe
from hub.identity.scoring import keys
from hub.model.person import ID_NUMBER_SYSTEM
from hub.records.ids import claim_id
from hub.records.json import encode
from hub.records.stored import Cause, digest_of, dressed, meta, plain

PART = 50_000
BUCKETS = 64
BEGAN = 1_767_225_600_000_000
"""When the first of them was told: microseconds since 1970."""


@dataclass(slots=True)
class Part:
    """Rows of one part, in the order of the tables' columns."""

    claims: list[tuple[object, ...]] = field(default_factory=list)
    numbers: list[tuple[str, str, str]] = field(default_factory=list)
    likenesses: list[tuple[int, str, str, bytes]] = field(default_factory=list)
    resources: list[tuple[object, ...]] = field(default_factory=list)
    keys: list[array[int]] = field(default_factory=lambda: [array("q") for _ in range(BUCKETS)])
    """A key and the number of its likeness, one after the other; by the uppermost bits of the key."""


def world_of(part: int, size: int) -> World:
    """The ID numbers of two parts are never the same: the first two digits of the sequence are the part's."""
    found = world(size, seed=90_000 + part)
    handed_out: Counter[str] = Counter()
    for resident in found.residents:
        number = resident.id_number
        if not number or resident.shares_id:
            continue
        male = resident.sex == "male"
        day = f"{number[:14]}{part % 100:02}{male}"
        handed_out[day] += 1
        body = f"{number[:14]}{part % 100:02}{2 * (handed_out[day] - 1) + male}"
        resident.former_id = ""
        resident.id_number = body + check_digit(body) if handed_out[day] <= 5 else ""
    return found


def registered(part: int, size: int) -> Iterator[Said]:
    for at, said in enumerate(register(world_of(part, size))):
        if at == size:
            return
        said.number = f"P{part:03}{at:06}"
        yield said


def rows_of(part: int, size: int) -> Part:
    found = Part()
    for at, said in enumerate(registered(part, size)):
        _add(found, said, part * size + at + 1)
    return found


def _add(part: Part, said: Said, number: int) -> None:
    claim = said.claim()
    id_, raw, recorded = claim_id(REGISTER, claim.source_id), plain(claim.patient), BEGAN + number
    description, digest, cause = describe(claim.patient, REGISTER), digest_of(encode(claim.patient)), Cause(REGISTER, 1)
    part.claims.append((id_, recorded, REGISTER, claim.source_id, id_, raw, digest, recorded, 1))
    strong = dict.fromkeys((*((ID_NUMBER_SYSTEM, value) for value in description.id_numbers), *description.papers))
    part.numbers += [(system, value, id_) for system, value in strong]
    part.likenesses.append((number, id_, id_, pack(description)))
    body = dressed(raw, id_, meta(1, BEGAN, cause.source))
    part.resources.append((number, "Patient", id_, 1, REGISTER, 1, id_, id_, recorded, BEGAN, digest, body))
    for key in keys(description):
        part.keys[(key >> 58) & (BUCKETS - 1)].extend((key, number))
