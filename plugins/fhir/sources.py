"""``Patient/<id>/$sources``: every claim that makes a person, each as its sender described the person."""

from __future__ import annotations

from hub import ClaimSaid, Hub, Json, View, decode_json, encode_json, instant
from plugins.fhir.asking import Answer, Asked, only
from plugins.fhir.faults import absent
from plugins.fhir.render import CONTENT_TYPE, PRIVATE, bundle


def sources(_hub: Hub, view: View, asked: Asked) -> Answer:
    """The earliest first; their ids are Patient ids, too."""
    only(asked.pairs, ("_format",))
    person = view.person_of(asked.id)
    if person is None:
        raise absent()
    claims = view.claims_of(person)
    entries = [_entry(asked.base, claim) for claim in claims]
    links = [("self", f"{asked.base}/Patient/{asked.id}/$sources")]
    body = bundle("searchset", links, entries, len(entries))
    return Answer(200, body, (CONTENT_TYPE, PRIVATE), (person,), len(entries))


def _entry(base: str, claim: ClaimSaid) -> bytes:
    said = decode_json(claim.patient)
    meta: Json = {"lastUpdated": instant(claim.recorded_at), "source": f"urn:hub:{claim.feed}#{claim.entry}"}
    if tags := said.pop("meta", {}).get("tag"):
        meta["tag"] = [{"system": tag["system"], "code": tag["code"]} for tag in tags]
    patient = {"resourceType": "Patient", "id": claim.id, "meta": meta} | said
    whole = {"fullUrl": f"{base}/Patient/{claim.id}", "resource": patient, "search": {"mode": "match"}}
    return encode_json(whole)
