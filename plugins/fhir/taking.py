"""What clients send: it enters by the door of the client's feed, and the answer says what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import uuid4

from hub import (
    Hub,
    Json,
    Message,
    ParseError,
    Payload,
    Receipt,
    Refusal,
    Settled,
    Stored,
    Text,
    UnsupportedMessage,
    View,
    decode_json,
    encode_json,
    instant,
    resource_id,
)
from plugins.fhir.adapter import Fhir
from plugins.fhir.asking import Answer, Asked, one, only
from plugins.fhir.faults import Fault, lacking
from plugins.fhir.parse.entries import Entry, entries
from plugins.fhir.parse.owners import KNOWN
from plugins.fhir.parse.references import Names
from plugins.fhir.render import CONTENT_TYPE, PRIVATE, etag, issue, outcome, version_headers

WAIT_S = 20.0
_LONGEST_KEY = 199
_ANSWERS = {"transaction": "transaction-response", "batch": "batch-response"}
_NOT_KEPT = Text("the record keeps no resources of this type")
_APPLIED = Text("applied as message {id}")
_WAITING = Text("kept as message {id}, and not applied yet: it will be")
_ASIDE = Text("kept as message {id}, and set aside for a person")


@dataclass(frozen=True, slots=True)
class Sent:
    """What a client sends, as far as it can be seen before it is kept."""

    adapter: Fhir
    payload: Payload
    entries: Sequence[Entry] = ()

    @property
    def keys(self) -> Sequence[tuple[str, str]]:
        return Names(self.entries, self.adapter.settings.own_system, self.payload.body).all

    def ids(self) -> list[tuple[str, str]]:
        """Type and id that the record has for each entry."""
        return [(type_, resource_id(self.adapter.feed, type_, key)) for type_, key in self.keys]


Worded = Callable[[View, Asked, Sent, Receipt], Answer]
"""How an answer is put: from the record as it is now."""


async def take(hub: Hub, asked: Asked) -> Answer:
    """``POST [base]``: a Bundle, or a resource by itself."""
    only(asked.pairs, ("_format",))
    return await _answered(hub, asked, asked.body, _bundle_answer)


async def create(hub: Hub, asked: Asked) -> Answer:
    """``POST Patient``."""
    only(asked.pairs, ("_format",))
    condition = asked.headers.get(b"if-none-exist", b"").decode("latin-1")
    asked_for = {"method": "POST", "url": "Patient"} | ({"ifNoneExist": condition} if condition else {})
    return await _answered(hub, asked, _wrapped(asked, asked_for), _patient_answer)


async def update(hub: Hub, asked: Asked) -> Answer:
    """``PUT Patient?identifier=system|value`` (IHE ITI-104)."""
    only(asked.pairs, ("identifier", "_format"))
    number = one(asked.pairs, "identifier")
    system, _, value = (number or "").partition("|")
    if number is None or not system or not value:
        raise Fault(400, "a Patient is sent to one number: identifier=system|value", place="identifier",
                    code="required")  # fmt: skip
    url = f"Patient?identifier={number.replace('%', '%25').replace('&', '%26').replace('+', '%2B')}"
    return await _answered(hub, asked, _wrapped(asked, {"method": "PUT", "url": url}), _patient_answer)


def _wrapped(asked: Asked, request: Json) -> bytes:
    """A transaction of one, the resource in it byte for byte: a replay then knows how it was sent."""
    if not asked.body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        raise Fault(400, "send a Patient", code="structure")
    resource = asked.body.removeprefix(b"\xef\xbb\xbf")
    head = b'{"resourceType":"Bundle","type":"transaction","entry":[{"resource":'
    return b"".join((head, resource, b',"request":', encode_json(request), b"}]}"))


# --- through the door ------------------------------------------------------------------------------------------------


async def _answered(hub: Hub, asked: Asked, body: bytes, worded: Worded) -> Answer:
    adapter = _adapter_of(hub, asked)
    door = hub.receive
    if door is None:
        raise Fault(503, "nothing can be received just now")
    sent = await hub.in_thread(lambda: _looked_at(adapter, asked, body))
    if worded is _patient_answer and not sent.payload.refusal and [one.type for one in sent.entries] != ["Patient"]:
        raise Fault(400, "send a Patient", code="structure")
    placed = _of_patient if worded is _patient_answer else str
    _permit(asked, sent.entries, placed)
    receive = door(adapter.feed)
    receipt = await receive.soon(sent.payload)
    asked.told = f"message={receipt.message_id}"
    if refusal := receipt.refusal or sent.payload.refusal:
        raise Fault.within(400, refusal.text, placed(refusal.place), _REFUSED.get(refusal.code, "invalid"))
    try:
        async with asyncio.timeout(WAIT_S):
            settled = await receive.settled(receipt)
    except TimeoutError:
        said = issue("information", "incomplete", _about(_WAITING, receipt))
        return Answer(202, outcome(said), (CONTENT_TYPE, PRIVATE))
    if settled.status != "applied":
        return _unapplied(settled, receipt, placed(settled.place))

    def word() -> Answer:
        with hub.records.view() as view:
            return worded(view, asked, sent, receipt)

    return await hub.in_thread(word)


def _of_patient(place: str) -> str:
    """As its sender sees it, who sent a Patient and no Bundle."""
    return f"Patient{place.removeprefix(_ALONE)}" if place.startswith(_ALONE) else place


_ALONE = "Bundle.entry[0].resource"
_REFUSED = {"unsupported": "not-supported", "no_json": "structure", "empty": "structure", "encoding": "structure"}


def _adapter_of(hub: Hub, asked: Asked) -> Fhir:
    """The one feed that names this client."""
    found = [one for one in hub.adapters.values() if isinstance(one, Fhir) and one.settings.client == asked.client.name]
    if not found:
        raise Fault(403, 'no feed takes in what this client sends: its file says client = "…"')
    if len(found) > 1:
        raise Fault(403, "several feeds name this client; one of them must not")
    return found[0]


def _looked_at(adapter: Fhir, asked: Asked, body: bytes) -> Sent:
    """Read as it will be read, so that the client hears at once of what is wrong; bytes that are refused are kept."""
    payload = replace(adapter.admit(body), key=_key(asked), sender=asked.client.name)
    if payload.refusal:
        return Sent(adapter, payload)
    try:
        found = entries(body)
        list(adapter.parse(Message(0, adapter.feed, payload.key, body, datetime.now(UTC))))
    except ParseError as error:
        return Sent(adapter, replace(payload, refusal=Refusal("bad_resource", error.text, error.place)))
    except UnsupportedMessage as error:
        return Sent(adapter, replace(payload, refusal=Refusal("unsupported", error.text)))
    return Sent(adapter, payload, found)


def _key(asked: Asked) -> str:
    """The client's own name for the request, by which a resend is known; else each request is a new message."""
    given = asked.headers.get(b"x-request-id", b"").decode("latin-1").strip()
    return given if 0 < len(given) <= _LONGEST_KEY and given.isprintable() else uuid4().hex


def _permit(asked: Asked, found: Sequence[Entry], placed: Callable[[str], str]) -> None:
    """Raises 403 for a type that this client may not write; of what names no verb, both are needed."""
    letters = {"POST": "c", "PUT": "u", "DELETE": "d", "": "cu"}
    for entry in found:
        if missing := [letter for letter in letters[entry.method] if not asked.client.may(letter, entry.type)]:
            raise Fault.within(403, lacking(asked.client, missing[0], entry.type), placed(entry.place))
    if not found and not any(letter in "cu" for _, letter in asked.client.grants):
        raise Fault(403, "your token does not cover this type")


def _unapplied(settled: Settled, receipt: Receipt, place: str) -> Answer:
    code = "not-supported" if settled.status == "skipped" else "processing"
    issues = [issue("error", code, settled.text or _about(_ASIDE, receipt), place)]
    if settled.text and settled.status == "parked":
        issues.append(issue("information", "informational", _about(_ASIDE, receipt)))
    return Answer(422, outcome(*issues), (CONTENT_TYPE, PRIVATE))


def _about(text: Text, receipt: Receipt) -> Text:
    return replace(text, args={"id": receipt.message_id})


# --- what the client hears -------------------------------------------------------------------------------------------


def _bundle_answer(view: View, _asked: Asked, sent: Sent, receipt: Receipt) -> Answer:
    kind = decode_json(sent.payload.body).get("type", "") if sent.entries[0].place.startswith("Bundle") else ""
    rows = list(_rows(view, sent))
    persons = tuple(dict.fromkeys(row.person for row in rows if row and row.person))
    if kind not in _ANSWERS:
        said = outcome(issue("information", "informational", _about(_APPLIED, receipt)))
        return Answer(200, said, (CONTENT_TYPE, PRIVATE), persons, len(rows))
    told = [_response(entry, row, sent, receipt) for entry, row in zip(sent.entries, rows, strict=True)]
    body = encode_json({"resourceType": "Bundle", "type": _ANSWERS[kind], "entry": told})
    return Answer(200, body, (CONTENT_TYPE, PRIVATE), persons, len(rows))


def _rows(view: View, sent: Sent) -> Iterator[Stored | None]:
    for type_, id_ in sent.ids():
        yield view.read(type_, id_) if type_ in KNOWN else None


def _response(entry: Entry, row: Stored | None, sent: Sent, receipt: Receipt) -> Json:
    if row is None:
        said = {"resourceType": "OperationOutcome", "issue": [issue("error", "not-supported", _NOT_KEPT)]}
        return {"response": {"status": "422 Unprocessable Entity", "outcome": said}}
    told = {
        "status": "201 Created" if _is_new(row, sent, receipt) else "200 OK",
        "location": f"{row.reference}/_history/{row.version}",
        "etag": etag(row.version).decode(),
        "lastModified": instant(row.updated_at),
    }
    return {"response": told | ({"status": "204 No Content"} if entry.method == "DELETE" else {})}


def _patient_answer(view: View, asked: Asked, sent: Sent, receipt: Receipt) -> Answer:
    (row,) = _rows(view, sent)
    said = outcome(issue("information", "informational", _about(_APPLIED, receipt)))
    if row is None:
        return Answer(200, said, (CONTENT_TYPE, PRIVATE))
    wanted = asked.headers.get(b"prefer", b"").lower().replace(b" ", b"")
    readable = asked.client.may("r", "Patient") and b"return=operationoutcome" not in wanted
    body = b"" if b"return=minimal" in wanted else row.body if readable else said
    location = f"{asked.base}/{row.reference}/_history/{row.version}".encode()
    headers = (CONTENT_TYPE, *version_headers(row), (b"location", location))
    status = 201 if _is_new(row, sent, receipt) else 200
    return Answer(status, body, headers, (row.person,) if row.person else (), 1)


def _is_new(row: Stored, sent: Sent, receipt: Receipt) -> bool:
    """This very message made its first version."""
    source = f"urn:hub:{sent.adapter.feed}#{receipt.message_id}"
    return row.version == 1 and bool(decode_json(row.body).get("meta", {}).get("source") == source)
