"""``Patient/$match``: who a Patient could be, graded (FHIR R4, Patient-match; IHE ITI-119)."""

from __future__ import annotations

from hub import Hub, Likely, Stored, Text, View, encode_json
from plugins.fhir.asking import Answer, Asked
from plugins.fhir.faults import Fault
from plugins.fhir.parameters import Given
from plugins.fhir.parse.checking import check
from plugins.fhir.render import CONTENT_TYPE, PRIVATE, bundle, issue, outcome_entry

GRADE = "http://hl7.org/fhir/StructureDefinition/match-grade"
PARAMETERS = ("resource", "onlyCertainMatches", "count")
MOST = 100
_SEVERAL = Text("several persons are so alike that none of them is certain")
_BLIND = Text("what is said fits so many that not all of them were looked at")


def match(hub: Hub, view: View, asked: Asked) -> Answer:
    """A searchset, the likeliest person first, each person once; whoever can be ruled out is not in it."""
    given = Given.of(asked, PARAMETERS)
    patient = given.one("resource", "resource")
    if not isinstance(patient, dict) or patient.get("resourceType") != "Patient":
        raise Fault.within(400, Text("the parameter resource is a Patient"), given.place("resource"), "required")
    check(patient, f"{given.place('resource')}.resource")
    certain_only, most = given.flag("onlyCertainMatches"), min(given.count("count") or MOST, MOST)
    found = hub.alike(view, patient)
    likely = tuple(filter(None, (found.certain,))) if certain_only else found.persons
    remarks = [issue("information", "multiple-matches", _SEVERAL)] if found.several else []
    remarks += [issue("warning", "incomplete", _BLIND)] if found.blind else []
    rows = {row.id: row for row in view.named(f"Patient/{one.person}" for one in likely[:most])}
    shown = [(one, rows[one.person]) for one in likely[:most] if one.person in rows]
    entries = [_entry(asked.base, *one) for one in shown] + ([outcome_entry(remarks)] if remarks else [])
    body = bundle("searchset", [("self", f"{asked.base}/Patient/$match")], entries, len(likely))
    return Answer(200, body, (CONTENT_TYPE, PRIVATE), tuple(one.person for one, _ in shown), len(shown))


def _entry(base: str, likely: Likely, row: Stored) -> bytes:
    grade = {"extension": [{"url": GRADE, "valueCode": likely.grade}], "mode": "match", "score": likely.score}
    return b'{"fullUrl":"%b/Patient/%b","resource":%b,"search":%b}' % (
        base.encode(), row.id.encode(), row.body, encode_json(grade),
    )  # fmt: skip
