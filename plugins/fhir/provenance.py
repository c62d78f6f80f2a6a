"""Provenance of each version: which feed and which message it came from; made from the record, never stored."""

from __future__ import annotations

from hub import SEARCH_PARAMETERS, Origin, Stored, View, encode_json, instant
from plugins.fhir.asking import Answer, Asked, one, only
from plugins.fhir.faults import Fault, absent
from plugins.fhir.render import CONTENT_TYPE, PRIVATE, bundle, entry, version_headers

PROVENANCE = "Provenance"
TARGET = "target"
MOST = 1_000
_OPERATION = "http://terminology.hl7.org/CodeSystem/v3-DataOperation"
_AGENT = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
_FEED, _MESSAGE = "urn:hub:feed", "urn:hub:message"
"""A message's number is the hub's, not its feed's: another feed's message may move a resource to another person."""


def search_provenance(view: View, asked: Asked) -> Answer:
    """``?target=Type/id``: one for each version, oldest first."""
    only(asked.pairs, (TARGET, "_format"))
    raw = one(asked.pairs, TARGET)
    type_, _, id_ = (raw or "").removeprefix(f"{asked.base}/").partition("/")
    if type_ not in SEARCH_PARAMETERS or not id_:
        raise Fault(400, "{name} is not a reference such as Patient/123", place=TARGET, name=TARGET)
    if not asked.client.may("r", type_):
        raise Fault(403, "your token does not cover this type", place=TARGET)
    found = view.origins([f"{type_}/{id_}"], MOST)
    entries = [entry(asked.base, provenance_of(origin), "match") for origin in found]
    links = [("self", f"{asked.base}/{PROVENANCE}?{TARGET}={type_}/{id_}")]
    persons = tuple({origin.person for origin in found if origin.person})
    return Answer(200, bundle("searchset", links, entries), (CONTENT_TYPE, PRIVATE), persons, len(found))


def read_provenance(view: View, asked: Asked) -> Answer:
    """The id of a Provenance names its target and the version."""
    only(asked.pairs, ("_format",))
    type_, _, rest = asked.id.partition("-")
    id_, _, version = rest.rpartition("-")
    if not asked.client.may("r", type_):
        raise absent()
    for origin in view.origins([f"{type_}/{id_}"], MOST):
        if str(origin.version) == version:
            stored = provenance_of(origin)
            persons = (origin.person,) if origin.person else ()
            return Answer(200, stored.body, (CONTENT_TYPE, *version_headers(stored)), persons, 1)
    raise absent()


def provenance_of(origin: Origin) -> Stored:
    id_ = f"{origin.type}-{origin.id}-{origin.version}"
    body = {
        "resourceType": PROVENANCE,
        "id": id_,
        "meta": {"versionId": "1", "lastUpdated": instant(origin.updated_at)},
        "target": [{"reference": f"{origin.type}/{origin.id}/_history/{origin.version}"}],
        "occurredDateTime": instant(origin.recorded_at),
        "recorded": instant(origin.updated_at),
        "activity": {"coding": [{"system": _OPERATION, "code": "CREATE" if origin.version == 1 else "UPDATE"}]},
        "agent": [
            {
                "type": {"coding": [{"system": _AGENT, "code": "author"}]},
                "who": {"identifier": {"system": _FEED, "value": origin.feed}},
            }
        ],
        "entity": [
            {
                "role": "source",
                "what": {"identifier": {"system": _MESSAGE, "value": str(origin.entry)}},
            }
        ],
    }
    return Stored(PROVENANCE, 0, id_, 1, origin.updated_at, origin.person, encode_json(body))
