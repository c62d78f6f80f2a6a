"""A payload as the resources in it: one resource, the entries of a Bundle, or the lines of NDJSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl

from hub import Json, ParseError, decode_json
from plugins.fhir.parse.checking import objects, text

BUNDLES = ("batch", "collection", "document", "message", "searchset", "transaction")
_WRITES = ("", "POST", "PUT", "DELETE")


@dataclass(frozen=True, slots=True)
class Entry:
    """One resource, and how it was sent."""

    place: str
    """``Bundle.entry[3].resource``, ``line[12]`` or the resource's type."""
    resource: Json
    """Of a deletion only its type."""
    full_url: str = ""
    method: str = ""
    url: str = ""
    """Of the request: ``Patient/123``, ``Patient?identifier=urn:oid:2.999.1|123``."""
    condition: str = ""
    """``ifNoneExist``: ``identifier=urn:oid:2.999.1|123``."""
    assembled: str = ""
    """When the Bundle was put together."""

    @property
    def type(self) -> str:
        return str(self.resource["resourceType"])

    @property
    def id(self) -> str:
        """As its sender knows it: its own id, else the one it was sent to."""
        given = self.resource.get("id", "")
        return given or _last(self.url, self.type) or _last(self.full_url, self.type)

    @property
    def named(self) -> str:
        """``system|value``, where the request says which one is meant by a number and not by an id."""
        path, _, query = self.url.partition("?")
        asked = query if path == self.type else self.condition.partition("?")[2] or self.condition
        found = [value for name, value in parse_qsl(asked) if name == "identifier"]
        return found[0] if len(found) == 1 and not found[0].endswith("|") else ""


def entries(body: bytes) -> list[Entry]:
    """Raises ``ParseError`` with the place of what is not as FHIR has it."""
    if b"\\u0000" in body:
        raise ParseError("it holds a NUL character, which no text of FHIR may")
    found = list(_lines(body))
    if len(found) == 1:
        (_, only) = found[0]
        return _of_bundle(only) if only["resourceType"] == "Bundle" else [Entry(str(only["resourceType"]), only)]
    if any(resource["resourceType"] == "Bundle" for _, resource in found):
        raise ParseError("NDJSON holds a resource a line, and no Bundles")
    return [Entry(f"line[{number}]", resource) for number, resource in found]


def _lines(body: bytes) -> Iterator[tuple[int, Json]]:
    """One resource however it is written, or one for each line."""
    try:
        yield 1, _resource(decode_json(body.removeprefix(b"\xef\xbb\xbf")), "")
    except (ValueError, RecursionError):
        for number, line in enumerate(body.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
            if line.strip():
                yield number, _read(line, number)


def _read(line: bytes, number: int) -> Json:
    try:
        found = decode_json(line)
    except (ValueError, RecursionError):
        # What the decoder says may repeat what the line says.
        raise ParseError("this is not JSON", place=f"line[{number}]") from None
    return _resource(found, f"line[{number}]")


def _resource(found: object, place: str) -> Json:
    if not isinstance(found, dict) or not isinstance(found.get("resourceType"), str) or not found["resourceType"]:
        raise ParseError("a resource is an object with a resourceType", place=place)
    for name in ("id", "implicitRules"):
        text(found, name, place or found["resourceType"])
    return found


def _of_bundle(bundle: Json) -> list[Entry]:
    kind = text(bundle, "type", "Bundle")
    if kind not in BUNDLES:
        raise ParseError("a Bundle of this kind is not taken in; these are: {kinds}", place="Bundle.type",
                         kinds=", ".join(BUNDLES))  # fmt: skip
    when = text(bundle, "timestamp", "Bundle")
    found = [_entry(one, f"Bundle.entry[{at}]", when) for at, one in enumerate(objects(bundle, "entry", "Bundle"))]
    return [one for one in found if one is not None]


def _entry(entry: Json, place: str, when: str) -> Entry | None:
    asked = entry.get("request", {})
    if not isinstance(asked, dict):
        raise ParseError("this must be an object", place=f"{place}.request")
    method, url = text(asked, "method", f"{place}.request"), text(asked, "url", f"{place}.request")
    if method not in _WRITES:
        raise ParseError("only POST, PUT and DELETE are carried out in a Bundle", place=f"{place}.request.method")
    if method == "DELETE":
        return Entry(f"{place}.request", {"resourceType": _deleted(url, place)}, "", method, url, "", when)
    if "resource" not in entry:
        return None
    resource = _resource(entry["resource"], f"{place}.resource")
    condition = text(asked, "ifNoneExist", f"{place}.request")
    return Entry(f"{place}.resource", resource, text(entry, "fullUrl", place), method, url, condition, when)


def _deleted(url: str, place: str) -> str:
    type_ = url.partition("?")[0].partition("/")[0]
    if not type_.isalpha() or not type_[0].isupper():
        raise ParseError("a deletion names a resource, such as Patient/123", place=f"{place}.request.url")
    return type_


def _last(url: str, type_: str) -> str:
    """The id in ``https://sender/fhir/Patient/123`` or ``Patient/123``."""
    head, slash, id_ = url.partition("?")[0].rpartition("/")
    return id_ if slash and head.rpartition("/")[2] == type_ else ""
