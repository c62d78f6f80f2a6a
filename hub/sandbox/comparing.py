"""Asks a hub over FHIR whether its record holds what the sandbox's hospital knows to be true."""

from __future__ import annotations

import json
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.error import URLError
from urllib.parse import urlencode, urljoin

from hub.errors import Unavailable
from hub.language import Text

ANSWER_S = 30.0
Resource = Mapping[str, Any]


class Difference(NamedTuple):
    """About whom, what, and both sides of it."""

    number: str
    what: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Record:
    """The hub that is asked."""

    base: str
    token: str

    def patients(self, number: str) -> list[Resource]:
        return [entry["resource"] for entry in self._ask("Patient/_search", {"identifier": number}).get("entry", ())]

    def everything(self, patient: str) -> Iterator[Resource]:
        path = f"Patient/{patient}/$everything"
        while path:
            bundle = self._ask(path)
            yield from (entry["resource"] for entry in bundle.get("entry", ()))
            path = next((link["url"] for link in bundle.get("link", ()) if link["relation"] == "next"), "")

    def _ask(self, path: str, form: Mapping[str, str] | None = None) -> dict[str, Any]:
        url = urljoin(self.base.rstrip("/") + "/", path)
        body = urlencode(form).encode() if form else None
        request = urllib.request.Request(url, body, {"Authorization": f"Bearer {self.token}"})  # noqa: S310 - http or https, checked by the verb
        try:
            with urllib.request.urlopen(request, timeout=ANSWER_S) as answer:  # noqa: S310 - as above
                return dict(json.load(answer))
        except (URLError, TimeoutError) as error:
            reason = Text(str(getattr(error, "reason", None) or type(error).__name__))
            raise Unavailable("{address} cannot be reached: {reason}", address=self.base, reason=reason) from error


def differences(record: Record, people: Sequence[Mapping[str, Any]]) -> Iterator[Difference]:
    """Person by person: is there exactly one, described as they should be, with what is theirs and no more."""
    for person in people:
        number, *others = person["numbers"]
        found = record.patients(number)
        if len(found) != 1:
            yield Difference(number, "Patient", "1", f"{len(found)}")
            continue
        yield from _described(number, person, found[0])
        for other in others:
            if (same := [one["id"] for one in record.patients(other)]) != [found[0]["id"]]:
                yield Difference(other, "Patient", found[0]["id"], " ".join(same))
        yield from _held(number, person["has"], list(record.everything(found[0]["id"])))


def _described(number: str, person: Mapping[str, Any], patient: Resource) -> Iterator[Difference]:
    """What is found is not shown: a number of the sandbox may be one of a real person, too."""
    phones = [one["value"] for one in patient.get("telecom", ())]
    fits = {
        "name": patient.get("name", [{}])[0].get("text") == person["name"],
        "birthDate": patient.get("birthDate") == person["born"],
        "telecom": not person["phone"] or person["phone"] in phones,
    }
    for element in (element for element, does in fits.items() if not does):
        yield Difference(number, f"Patient.{element}", "", "")


def _held(number: str, has: Mapping[str, Mapping[str, str]], resources: Sequence[Resource]) -> Iterator[Difference]:
    for kind, things in sorted(has.items()):
        expected = Counter(_told(kind, value) for value in things.values())
        found = Counter(_read(resource) for resource in resources if resource["resourceType"] == kind)
        if expected != found:
            yield Difference(number, kind, _in_words(expected - found), _in_words(found - expected))


def _told(kind: str, value: str) -> str:
    """As far as both sides can say it."""
    return value if kind in {"Encounter", "Observation", "Appointment"} else ""


def _read(resource: Resource) -> str:
    match resource["resourceType"]:
        case "Encounter":
            return "ended" if resource["status"] == "finished" else "open"
        case "Observation":
            return str(resource.get("valueQuantity", {}).get("value", ""))
        case "Appointment":
            return str(resource["status"])
    return ""


def _in_words(things: Counter[str]) -> str:
    return ", ".join(f"{count} × {value}" if value else f"{count}" for value, count in sorted(things.items()))
