"""One person's best common view of what several feeds say: pure, from the claims alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hub.model import Json
from hub.model.person import ID_NUMBER_SYSTEM, normal_id_number
from hub.records.indexing import fold, normal_phone
from hub.records.json import encode
from hub.records.times import day

SOURCE, REVIEW = "urn:hub:source", "urn:hub:review"


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


def compose(person: str, claims: Sequence[Said], verified: frozenset[str]) -> Json:
    """The person's Patient without id and meta.

    A single claim reads back as it was given. Of several, each element comes from the best that has it: not retired,
    then of a verified feed, then newest (by the day), then told last. Names, numbers, telecoms and addresses are those
    of all, best first, each with its feed and the day it was recorded.
    """
    if len(claims) == 1:
        return _without_meta(claims[0].patient)
    best_last = [_as_retired(said, claims) for said in sorted(claims, key=lambda said: _standing(said, verified))]
    view: Json = {"resourceType": "Patient"}
    for said in best_last:
        _lay_over(view, _without_meta(said.patient))
    for element, likeness in _UNIONS.items():
        view.pop(element, None)
        if union := _union(element, reversed(best_last), likeness):
            view[element] = union
    links = [_link(said.claim, "replaces" if said.retired else "seealso") for said in claims if said.claim != person]
    view["link"] = [*view.get("link", ()), *links]
    return view


def _standing(said: Said, verified: frozenset[str]) -> tuple[bool, bool, str, int, str]:
    return not said.retired, said.feed in verified, day(said.recorded_at), said.entry, said.claim


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
    view["link"] = [*view.get("link", ()), _link(person, "replaced-by" if said.retired else "seealso")]
    return view | {"active": False} if said.retired else view


def flags(claims: Iterable[Said]) -> list[Json]:
    """Open questions about these claims, but those that joining them has answered."""
    said = list(claims)
    joined = {one.claim for one in said}
    tags = [tag for one in said for tag in one.patient.get("meta", {}).get("tag", ())]
    codes = sorted({tag["code"] for tag in tags if tag["display"] not in joined})
    return [{"system": REVIEW, "code": code} for code in codes]


def _lay_over(view: Json, patient: Json) -> None:
    """Whole elements; a choice of types counts as one element."""
    for stem in ("deceased", "multipleBirth"):
        if any(key.startswith(stem) for key in patient):
            for key in [key for key in view if key.startswith(stem)]:
                del view[key]
    view.update(patient)


def _union(element: str, best_first: Iterable[Said], likeness: Callable[[Json], Any]) -> list[Json]:
    found: dict[Any, Json] = {}
    for said in best_first:
        for value in said.patient.get(element) or ():
            found.setdefault(likeness(value), _dated(value, said))
    return list(found.values())


def _dated(value: Json, said: Said) -> Json:
    extension = [*value.get("extension", ()), {"url": SOURCE, "valueString": said.feed}]
    period = {"start": day(said.recorded_at)} | value.get("period", {})
    return value | {"extension": extension, "period": period}


def _number(identifier: Json) -> Any:
    system, value = identifier.get("system", ""), identifier.get("value", "")
    return system, normal_id_number(value) if system == ID_NUMBER_SYSTEM else value


def _name(name: Json) -> Any:
    return fold(name.get("text") or name.get("family", "") + "".join(name.get("given") or ())), name.get("use")


def _telecom(telecom: Json) -> Any:
    value = telecom.get("value", "")
    return telecom.get("system"), normal_phone(value) or value


def _address(address: Json) -> Any:
    if text := address.get("text"):
        return fold(text)
    return encode({key: part for key, part in sorted(address.items()) if key not in ("period", "use", "extension")})


_UNIONS: dict[str, Callable[[Json], Any]] = {
    "identifier": _number,
    "name": _name,
    "telecom": _telecom,
    "address": _address,
}


def _link(claim: str, type_: str) -> Json:
    return {"other": {"reference": f"Patient/{claim}"}, "type": type_}


def _without_meta(patient: Json) -> Json:
    return {key: value for key, value in patient.items() if key != "meta"}
