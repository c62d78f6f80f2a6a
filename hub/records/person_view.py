"""One person's best common view of what several feeds say: pure, from the claims alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, NamedTuple

from hub.identity.normalise import fold, has_made_up_number
from hub.model import Json
from hub.model.person import ID_NUMBER_SYSTEM, normal_id_number
from hub.records.contacts import SAID, contacts, likeness
from hub.records.json import encode
from hub.records.survivorship import DEFAULT, Rule, Standing, Survivorship, decided_by, rank
from hub.records.times import day

SOURCE, REVIEW = "urn:hub:source", "urn:hub:review"
MADE_UP = "id_number_made_up"
"""Flag of a person one of whose feeds sends digits to fill the field; no question of its own."""
_CHOICES = ("deceased", "multipleBirth")
_UNRANKED = 99


@dataclass(frozen=True, slots=True)
class Said:
    """What one feed says about the person, by its claim."""

    claim: str
    feed: str
    patient: Json
    """With the hub's flags in ``meta.tag``."""
    recorded_at: int
    retired: bool = False
    """Its sender gave the number up."""
    entry: int = 0
    """The message that last told something else."""
    merged: bool = False
    """It was the person, before somebody merged it into another: what it says counts as before."""

    @property
    def replaced(self) -> bool:
        """Its Patient leads to the person instead."""
        return self.retired or self.merged


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value of the common view comes from, and why it stands there."""

    element: str
    place: int
    """In the element's list, from 0; 0 where there is no list."""
    claim: str
    feed: str
    recorded_at: int
    entry: int
    verified: bool
    before: str = ""
    """The criterion that put it before the next one."""


def compose(
    person: str, claims: Sequence[Said], verified: frozenset[str], survivorship: Survivorship = DEFAULT
) -> Json:
    """The person's Patient without id and meta.

    A single claim reads back as it was given. Of several, each element comes from the claim that counts first by the
    site's rules. Names, numbers, telecoms and addresses are those of all, best first, each with its feed and dates.
    """
    if len(claims) == 1:
        return _without_meta(claims[0].patient)
    view: Json = {"resourceType": "Patient"}
    for element, pairs in _told(claims).items():
        if element in _UNIONS:
            values = _ranked(element, pairs, verified, survivorship.rule(element))
            view[element] = [_shown(element, value, place) for place, value in enumerate(values, 1)]
        elif len(pairs) == 1 or len({encode(told) for _, told in pairs}) == 1:
            view.update(pairs[0][1])  # whoever counts first says just that
        else:
            view.update(_ranked(element, pairs, verified, survivorship.rule(element))[0].told)
    links = [_link(said.claim, "replaces" if said.replaced else "seealso") for said in claims if said.claim != person]
    view["link"] = [*view.get("link", ()), *links]
    return view


def origins(claims: Sequence[Said], verified: frozenset[str], survivorship: Survivorship = DEFAULT) -> list[Origin]:
    """Of every value of the common view, in the order it has them."""
    found = []
    for element, pairs in _told(claims).items():
        rule = survivorship.rule(element)
        values = _ranked(element, pairs, verified, rule)
        for place, value in enumerate(values):
            next_ = values[place + 1] if place + 1 < len(values) else None
            before = decided_by(rule, value.standing, next_.standing) if next_ else ""
            said = value.said
            found.append(
                Origin(
                    element, place, said.claim, said.feed, said.recorded_at, said.entry, said.feed in verified, before
                )
            )
            if element not in _UNIONS:
                break
    return found


class _Value(NamedTuple):
    said: Said
    told: Json
    """The value itself where the element is a list of all; else the elements as they stand in the Patient."""
    standing: Standing
    past: bool
    alike: Any
    """The same for what is told alike."""


def _told(claims: Sequence[Said]) -> dict[str, list[tuple[Said, Json]]]:
    """Of each element what the claims say."""
    told: dict[str, list[tuple[Said, Json]]] = {}
    for said in sorted((_as_retired(said, claims) for said in claims), key=lambda one: (-one.recorded_at, one.claim)):
        for element, value in _elements(said):
            told.setdefault(element, []).append((said, value))
    return told


def _elements(said: Said) -> Iterator[tuple[str, Json]]:
    """A choice of types counts as one element, and so does what stands with it: ``_birthDate``."""
    whole: dict[str, Json] = {}
    for key, value in said.patient.items():
        if key in _UNIONS:
            continue
        if key not in {"meta", "resourceType"}:
            whole.setdefault(_stem(key), {})[key] = value
    yield from whole.items()
    for element in _UNIONS:
        yield from ((element, value) for value in _listed(said, element))


@lru_cache(maxsize=1024)
def _stem(key: str) -> str:
    return next((stem for stem in _CHOICES if key.lstrip("_").startswith(stem)), key.lstrip("_"))


def _listed(said: Said, element: str) -> Iterable[Json]:
    if element != "telecom":
        return said.patient.get(element) or ()
    return sorted(contacts(said.patient, day(said.recorded_at)), key=lambda one: one.get("rank", _UNRANKED))


def _ranked(element: str, pairs: Sequence[tuple[Said, Json]], verified: frozenset[str], rule: Rule) -> list[_Value]:
    """The best first; of what several say alike the best alone."""
    alike: Callable[[Json], Any] = _UNIONS.get(element, encode)
    kinds = [alike(told) for _, told in pairs]
    feeds: dict[Any, set[str]] = {}
    for (said, _), kind in zip(pairs, kinds, strict=True):
        feeds.setdefault(kind, set()).add(said.feed)
    values = [
        _Value(said, told, _standing(element, said, told, verified, len(feeds[kind])), _past(told, said), kind)
        for (said, told), kind in zip(pairs, kinds, strict=True)
    ]
    if len(values) > 1:
        values.sort(key=lambda value: (not value.past, rank(rule, value.standing)), reverse=True)
    best: dict[Any, _Value] = {}
    for value in values:
        best.setdefault(value.alike, value)
    return list(best.values())


def _standing(element: str, said: Said, told: Json, verified: frozenset[str], agreeing: int) -> Standing:
    return Standing(
        feed=said.feed,
        value=told.get(element),
        day=str(told.get(SAID) or day(said.recorded_at)),
        last=(said.entry, said.claim),
        verified=said.feed in verified,
        retired=said.retired,
        agreeing=agreeing,
    )


def _shown(element: str, value: _Value, place: int) -> Json:
    """With its feed and dates; a telecom in use also with its rank, one that is not any more as an old one."""
    told = _dated(value.told, value.said)
    if element != "telecom":
        return told
    old = {"use": "old"} if value.past else {"rank": place}
    return {key: part for key, part in told.items() if key not in {SAID, "rank"}} | old


def _past(told: Json, said: Said) -> bool:
    """Out of use when its sender last spoke of the person."""
    if told.get("use") == "old":
        return True
    period = told.get("period")
    end = period.get("end") if isinstance(period, dict) else None
    return bool(end) and str(end)[:10] <= day(said.recorded_at)


def _as_retired(said: Said, claims: Sequence[Said]) -> Said:
    """Of a number given up, what the same feed now has another number for is an old one."""
    numbers = said.patient.get("identifier")
    if not said.retired or not numbers:
        return said
    now = [one for other in claims if other.feed == said.feed and not other.retired
           for one in other.patient.get("identifier") or ()]  # fmt: skip
    told = [one | {"use": "old"} if _is_replaced(one, now) else one for one in numbers]
    return replace(said, patient=said.patient | {"identifier": told})


def _is_replaced(identifier: Json, now: Sequence[Json]) -> bool:
    """A resident's number is nobody's to retire."""
    system = identifier.get("system")
    if not system or system == ID_NUMBER_SYSTEM:
        return False
    values = {one.get("value") for one in now if one.get("system") == system}
    return bool(values) and identifier.get("value") not in values


def as_sent(said: Said, person: str) -> Json:
    """A claim that is not its person's first: as its feed sent it, with the way to the person."""
    view = _without_meta(said.patient)
    view["link"] = [*view.get("link", ()), _link(person, "replaced-by" if said.replaced else "seealso")]
    return view | {"active": False} if said.replaced else view


def flags(claims: Iterable[Said]) -> list[Json]:
    """Open questions about these claims, but those that joining them has answered; and that a number is made up."""
    said = list(claims)
    joined = {one.claim for one in said}
    tags = [tag for one in said for tag in one.patient.get("meta", {}).get("tag", ())]
    codes = {tag["code"] for tag in tags if tag["display"] not in joined}
    if any(has_made_up_number(one.patient) for one in said):
        codes.add(MADE_UP)
    return [{"system": REVIEW, "code": code} for code in sorted(codes)]


def _dated(value: Json, said: Said) -> Json:
    extension = [*value.get("extension", ()), {"url": SOURCE, "valueString": said.feed}]
    period = {"start": day(said.recorded_at)} | value.get("period", {})
    return value | {"extension": extension, "period": period}


def _number(identifier: Json) -> Any:
    system, value = identifier.get("system", ""), identifier.get("value", "")
    return system, normal_id_number(value) if system == ID_NUMBER_SYSTEM else value


def _name(name: Json) -> Any:
    return fold(name.get("text") or name.get("family", "") + "".join(name.get("given") or ())), name.get("use")


def _address(address: Json) -> Any:
    if text := address.get("text"):
        return fold(text)
    return encode({key: part for key, part in sorted(address.items()) if key not in ("period", "use", "extension")})


_UNIONS: dict[str, Callable[[Json], Any]] = {
    "identifier": _number,
    "name": _name,
    "telecom": likeness,
    "address": _address,
}
LISTED = frozenset(_UNIONS)
"""Elements of which all values are shown."""


def _link(claim: str, type_: str) -> Json:
    return {"other": {"reference": f"Patient/{claim}"}, "type": type_}


def _without_meta(patient: Json) -> Json:
    return {key: value for key, value in patient.items() if key != "meta"}
