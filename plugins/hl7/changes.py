"""What a message says of who is who: numbers retired, changed, joined, parted and moved (HL7 v2.5.1, 3.5 and 3.6)."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from hub import Claim, Link, Merge, Move, ParseError, Replace, Unlink
from plugins.hl7.numbers import first_number, moved_number, person_number, ranked
from plugins.hl7.printable import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hub import Json
    from plugins.hl7.draft import Draft
    from plugins.hl7.lexer import Segment

    Change = Merge | Link | Unlink | Move | Replace

_NAMELESS = "the message does not name the older number"


def demand(draft: Draft) -> None:
    """Raises ``ParseError`` for what cannot be meant, before anything is read."""
    event = draft.event
    priors = [segment for segment in draft.segments if segment.name == "MRG"]
    if event.merges and not (priors and all(person_number(draft, prior, *event.merges) for prior in priors)):
        raise ParseError("the merge does not name the number to retire", place=f"MRG-{event.merges[0]}")
    if event.prior and not event.optional and not priors:
        raise ParseError("the message does not say what there was before: the MRG segment is missing", place="MRG")
    for prior in () if event.optional else priors:
        _demand_of(draft, prior, _behind(draft, prior))
    if event.appointment and not any(segment.name == "SCH" for segment in draft.segments):
        raise ParseError("the message has no SCH segment, so it is about no appointment", place="SCH")
    if event.deletes == "visit" and draft.visit in {"", f"{draft.person}|{draft.key}"}:
        raise ParseError("the message does not name the visit that was entered in error", place="PV1-19")


def _demand_of(draft: Draft, prior: Segment, visit: Segment | None) -> None:
    event = draft.event
    if event.accounts:
        _must(first_number(draft, prior, 3), _NAMELESS, "MRG-3")
        _must(draft.account, "the message does not name the account", "PID-18")
    if event.visits:
        at = 19 if event.visits == 5 else 50
        _must(first_number(draft, prior, event.visits), _NAMELESS, f"MRG-{event.visits}")
        _must(first_number(draft, visit, at), "the message does not name the visit", f"PV1-{at}")
    if event.moves == "visit":
        _must(_visit_moved(draft, prior, visit), "the message does not name the visit", "PV1-19")
    if event.moves == "account":
        _must(first_number(draft, prior, 3) or draft.account, "the message does not name the account", "PID-18")
    if event.moves == "numbers":
        _must(any(_hands(draft, prior)), "the message does not say from whom and to whom the number moves", "MRG-4")


def _must(given: object, msgid: str, place: str) -> None:
    if not given:
        raise ParseError(msgid, place=place)


def changes_of(draft: Draft) -> tuple[Change, ...]:
    """The changes among its own numbers, in the order of MRG."""
    event = draft.event
    if not event.prior:
        return ()
    priors = [segment for segment in draft.segments if segment.name == "MRG"]
    each = zip(priors, draft.retired, strict=True)
    return tuple(chain.from_iterable(_changes(draft, prior, retired) for prior, retired in each))


def joined(drafts: list[Draft]) -> dict[int, tuple[Change, ...]]:
    """What two people are to each other (A24, A37), as changes of the first; nothing when they are one number."""
    one, other = drafts
    if not (one.person and other.person):
        raise ParseError("the message does not name both people by a number", place="PID-3")
    if one.person == other.person:
        return {}
    found = Claim(other.person, other.patient)
    return {0: (Link(found) if one.event.pairs == "link" else Unlink(found),)}


def _changes(draft: Draft, prior: Segment, retired: Json) -> Iterator[Change]:
    event = draft.event
    visit = _behind(draft, prior)
    if event.merges:
        yield from _merge(draft, prior, retired)
    if event.accounts:
        yield from _replace("Account", first_number(draft, prior, 3), draft.account)
    if event.visits == 5:
        yield from _replace("Encounter", first_number(draft, prior, 5), first_number(draft, visit, 19))
    if event.visits == 6 and not first_number(draft, visit, 19):
        # Beside a visit number the alternate one is no key, only an identifier.
        yield from _replace("Encounter", first_number(draft, prior, 6), first_number(draft, visit, 50))
    if event.moves == "numbers":
        yield from _change_hands(draft, prior)
    elif event.moves:
        yield from _move(draft, prior, visit, retired)


def _merge(draft: Draft, prior: Segment, retired: Json) -> Iterator[Change]:
    number = shown(person_number(draft, prior, *draft.event.merges))
    if number != draft.person and not (draft.event.renames and _another_kind(draft, prior)):
        yield Merge(Claim(number, retired))


def _another_kind(draft: Draft, prior: Segment) -> bool:
    """Whether the number that changes is none the person is known by: of another authority and type."""
    at = next(at for at in draft.event.merges if first_number(draft, prior, at))
    place, before = ranked(draft, prior, at)[0]
    person = next(segment for segment in draft.segments if segment.name == "PID")
    now = [(rank, key) for field in (3, 2, 4) for rank, key in ranked(draft, person, field) if key == draft.person]
    authority = before.rpartition("|")[0]
    return not any(key.rpartition("|")[0] == authority or (rank == place and rank < 4) for rank, key in now)


def _replace(kind: str, old: str, new: str) -> Iterator[Change]:
    if old and new and old != new:
        yield Replace(kind, shown(old), shown(new))


def _move(draft: Draft, prior: Segment, visit: Segment | None, retired: Json) -> Iterator[Change]:
    """A44, A45: an account or a visit with all that is filed under it."""
    if draft.event.moves == "account":
        kind, old, new = "Account", first_number(draft, prior, 3), draft.account
    else:
        kind, old, new = "Encounter", _visit_moved(draft, prior, visit), first_number(draft, visit, 19)
    source = shown(person_number(draft, prior, 1, 4, 2))
    if source != draft.person:
        yield Move((kind, shown(old or new)), Claim(source, retired) if source else None)
    yield from _replace(kind, old, new)


def _visit_moved(draft: Draft, prior: Segment, visit: Segment | None) -> str:
    """The key of the visit as it was before: MRG-5, else PV1-19; else MRG-6, PV1-50."""
    given = ((prior, 5), (visit, 19), (prior, 6), (visit, 50))
    return next(filter(None, (first_number(draft, segment, at) for segment, at in given)), "")


def _change_hands(draft: Draft, prior: Segment) -> Iterator[Change]:
    """A43: the number is no longer the person's in MRG, and is the one's in PID."""
    before, after = map(shown, _hands(draft, prior))
    if before and before != draft.person:
        yield Unlink(_numbered(before))
    if after and after != draft.person:
        yield Link(_numbered(after))


def _numbered(number: str) -> Claim:
    """Somebody of whom only the number is told: MRG lists the number that moves beside it."""
    system, _, value = number.rpartition("|")
    return Claim(number, {"resourceType": "Patient", "identifier": [{"system": system, "value": value}]})


def _hands(draft: Draft, prior: Segment) -> tuple[str, str]:
    """From whom, and to whom; without a number that is in both MRG-1 and PID-3, MRG-1 is what joins PID's."""
    person = next(segment for segment in draft.segments if segment.name == "PID")
    moved = moved_number(draft, person, prior)
    if not moved:
        return "", person_number(draft, prior, 1)
    others = [
        next((key for _, key in (*ranked(draft, segment, near), *ranked(draft, segment, at)) if key != moved), "")
        for segment, near, at in ((prior, 4, 1), (person, 2, 3))
    ]
    return others[0], others[1]


def _behind(draft: Draft, prior: Segment) -> Segment | None:
    """The PV1 that goes with an MRG: the next one, else the only one before it."""
    at = next(at for at, segment in enumerate(draft.segments) if segment is prior)
    later = (segment for segment in draft.segments[at:] if segment.name == "PV1")
    return next(later, None) or next((segment for segment in draft.segments if segment.name == "PV1"), None)
