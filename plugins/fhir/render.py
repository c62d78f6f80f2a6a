"""JSON answers put together from stored bytes: a resource is written anew only when a part of it was asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from email.utils import formatdate
from functools import lru_cache
from typing import Any

from hub import Stored, Text, decode_json, encode_json
from plugins.fhir.asking import JSON
from plugins.fhir.faults import Fault
from plugins.fhir.summary import is_among, mandatory_of, named, summary_of

CONTENT_TYPE = (b"content-type", f"{JSON}; charset=utf-8".encode())
PRIVATE = (b"cache-control", b"no-cache, private")
SUBSETTED = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}
SUMMARIES = ("true", "text", "data", "count", "false")
Headers = tuple[tuple[bytes, bytes], ...]


def etag(version: int) -> bytes:
    return b'W/"%d"' % version


def version_headers(stored: Stored) -> Headers:
    modified = _http_date(stored.updated_at // 1_000_000)
    return (b"etag", etag(stored.version)), (b"last-modified", modified), PRIVATE


@lru_cache(maxsize=4_096)
def _http_date(second: int) -> bytes:
    return formatdate(second, usegmt=True).encode()


def issue(severity: str, code: str, text: Text, expression: str = "") -> dict[str, Any]:
    """``expression`` is an element, or ``http.`` and a parameter."""
    found: dict[str, Any] = {"severity": severity, "code": code, "details": {"text": text.both()}}
    if expression:
        found["expression"] = [expression]
    return found


def outcome(*issues: dict[str, Any]) -> bytes:
    return encode_json({"resourceType": "OperationOutcome", "issue": list(issues)})


def fault_body(fault: Fault) -> bytes:
    return outcome(issue("error", fault.code, fault.text, fault.expression))


# --- bundles ---------------------------------------------------------------------------------------------------------


def bundle(kind: str, links: Iterable[tuple[str, str]], entries: Sequence[bytes], total: int | None = None) -> bytes:
    """A Bundle around entries that are bytes already."""
    head: dict[str, Any] = {"resourceType": "Bundle", "type": kind}
    if total is not None:
        head["total"] = total
    head["link"] = [{"relation": relation, "url": url} for relation, url in links]
    if not entries:
        return encode_json(head)
    return b"".join((encode_json(head)[:-1], b',"entry":[', b",".join(entries), b"]}"))


def entry(base: str, stored: Stored, mode: str, body: bytes | None = None) -> bytes:
    """``mode`` is match or include."""
    return b'{"fullUrl":"%b/%b/%b","resource":%b,"search":{"mode":"%b"}}' % (
        base.encode(), stored.type.encode(), stored.id.encode(), stored.body if body is None else body, mode.encode(),
    )  # fmt: skip


def outcome_entry(issues: Sequence[dict[str, Any]]) -> bytes:
    return b'{"resource":%b,"search":{"mode":"outcome"}}' % outcome(*issues)


# --- parts of a resource ---------------------------------------------------------------------------------------------


class Shown:
    """Which part of each resource is wanted: all of it, unless ``_summary`` or ``_elements`` says otherwise."""

    def __init__(self, summary: str | None, elements: str | None) -> None:
        if summary is not None and summary not in SUMMARIES:
            raise Fault(
                400, "{name} is one of {values}", place="_summary", name="_summary", values=", ".join(SUMMARIES)
            )
        if summary not in (None, "false") and elements is not None:
            raise Fault(400, "_summary and _elements exclude each other", place="_elements")
        self._summary = summary or "false"
        self._elements = _element_names(elements) if elements is not None else frozenset()
        self.whole = self._summary in ("false", "count") and elements is None

    @property
    def count_only(self) -> bool:
        return self._summary == "count"

    def __call__(self, stored: Stored) -> bytes:
        return stored.body if self.whole else self._part(stored)

    def _part(self, stored: Stored) -> bytes:
        body = decode_json(stored.body)
        kept = {name: value for name, value in body.items() if self._keeps(stored.type, name)}
        meta = dict(kept.get("meta") or {})
        meta["tag"] = [*meta.get("tag", ()), SUBSETTED]
        return encode_json({**kept, "meta": meta})

    def _keeps(self, type_: str, name: str) -> bool:
        match self._summary:
            case "true":
                return is_among(name, summary_of(type_))
            case "data":
                return name != "text"
            case "text":
                return name == "text" or is_among(name, mandatory_of(type_))
        return is_among(name, named(self._elements, type_))


def _element_names(raw: str) -> frozenset[str]:
    names = frozenset(part.strip() for part in raw.split(","))
    for name in names:
        if not all(part.isascii() and part.isalpha() for part in name.split(".")) or name.count(".") > 1:
            raise Fault(400, "_elements holds names of elements, divided by commas", place="_elements")
    return names
