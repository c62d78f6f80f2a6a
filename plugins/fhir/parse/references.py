"""What the resources of a payload call each other, as the record's references have it: ``Type/<sender's key>``."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import parse_qsl

from hub import Json, ParseError
from plugins.fhir.parse.entries import Entry

Key = tuple[str, str]
"""Type, and the sender's key."""
_ROOTS = ("http://", "https://")


class Names:
    """The sender's key of each resource of a payload, and what leads to it."""

    def __init__(self, found: Sequence[Entry], own_system: str, body: bytes) -> None:
        self._own = own_system
        self._digest = hashlib.blake2b(body, digest_size=8).hexdigest()
        self._keys = [self._key_of(entry, at) for at, entry in enumerate(found)]
        self._known: dict[str, Key] = {}
        for entry, key in zip(found, self._keys, strict=True):
            self._know(entry, key)
        for at, entry in enumerate(found):
            if entry.type == "RelatedPerson" and not entry.id:
                self._keys[at] = self._related(entry, self._keys[at])
                self._know(entry, self._keys[at])

    def _know(self, entry: Entry, key: Key) -> None:
        for name in (entry.full_url, f"{key[0]}/{entry.id}" if entry.id else ""):
            if name:
                self._known[name] = key
        for one in _numbers(entry.resource):
            self._known.setdefault(f"{key[0]}?{one.get('system', '')}|{one['value']}", key)

    def _related(self, entry: Entry, key: Key) -> Key:
        """A mother of two is a relative of each: her number alone would make one resource of both."""
        child = self.target(entry.resource.get("patient"), entry)
        return key[0], f"{child[1]}|{key[1]}" if child else key[1]

    @property
    def all(self) -> Sequence[Key]:
        """One for each entry, in their order."""
        return self._keys

    def _key_of(self, entry: Entry, at: int) -> Key:
        """What has no number of its sender's is known by the message: a replay finds it again."""
        if entry.type == "Patient":
            numbered = self._own_number(entry.resource) or entry.named or entry.id
        else:
            numbered = entry.id or entry.named or _first_number(entry.resource)
        return entry.type, numbered or entry.full_url or f"message/{self._digest}/{at}"

    def _own_number(self, patient: Json) -> str:
        """``system|value`` of the number that the sender's settings call its own."""
        if not self._own:
            return ""
        values = [one.get("value") for one in patient.get("identifier", ()) if one.get("system") == self._own]
        return next((f"{self._own}|{value}" for value in values if value), "")

    def target(self, reference: Any, entry: Entry) -> Key | None:
        """What a Reference leads to; none for what is contained, elsewhere, or only described."""
        if not isinstance(reference, dict):
            return None
        written = reference.get("reference")
        if isinstance(written, str) and written and not written.startswith("#"):
            return self._written(written, entry)
        number, type_ = reference.get("identifier"), reference.get("type")
        if isinstance(number, dict) and number.get("value") and isinstance(type_, str):
            return self._numbered(type_, f"{number.get('system', '')}|{number['value']}")
        return None

    def _written(self, written: str, entry: Entry) -> Key | None:
        if known := self._known.get(written):
            return known
        path, _, query = written.partition("?")
        if query and path.isalpha():
            named = dict(parse_qsl(query)).get("identifier", "")
            return self._numbered(path, named) if named else None
        if written.startswith(_ROOTS):
            root = _root(entry.full_url)
            if not root or not written.startswith(root):
                return None
            path = path.removeprefix(root)
        type_, slash, id_ = path.partition("/_history/")[0].partition("/")
        if not slash or not id_ or not type_.isalpha() or "/" in id_:
            return None
        if known := self._known.get(f"{type_}/{id_}"):
            return known
        if type_ == "Patient" and self._own:
            return None  # its number is not its id, and nothing here says which it is
        return type_, id_

    def _numbered(self, type_: str, named: str) -> Key:
        """One of this payload that has the number, else whoever is known by it."""
        return self._known.get(f"{type_}?{named}", (type_, named))


def rewritten(value: Any, names: Names, entry: Entry, place: str) -> Any:
    """A copy in which every reference within this sender's world is ``Type/<key>``."""
    if isinstance(value, list):
        return [rewritten(one, names, entry, f"{place}[{at}]") for at, one in enumerate(value)]
    if not isinstance(value, dict):
        return value
    copy = {name: rewritten(inner, names, entry, f"{place}.{name}") for name, inner in value.items()}
    if "reference" in value:
        _point(copy, names, entry, place)
    leads = names.target({"reference": value["url"]}, entry) if isinstance(value.get("url"), str) else None
    if leads and leads[0] == "Binary":
        copy["url"] = "/".join(leads)
    return copy


def contents(document: Json) -> Iterator[str]:
    """The keys of the Binaries that the attachments of a DocumentReference name."""
    found = document.get("content") if document["resourceType"] == "DocumentReference" else None
    for one in found if isinstance(found, list) else ():
        attachment = one.get("attachment") if isinstance(one, dict) else None
        url = attachment.get("url") if isinstance(attachment, dict) else None
        if isinstance(url, str) and url.startswith("Binary/"):
            yield url.removeprefix("Binary/")


def _point(copy: Json, names: Names, entry: Entry, place: str) -> None:
    written = copy["reference"]
    if isinstance(written, dict):
        return  # an element of that name, such as DocumentReference.relatesTo has none of; not a Reference
    if not isinstance(written, str) or not written:
        raise ParseError("this must be a text that is not empty", place=f"{place}.reference")
    if leads := names.target(copy, entry):
        copy["reference"] = "/".join(leads)


def _first_number(resource: Json) -> str:
    return next((f"{one.get('system', '')}|{one['value']}" for one in _numbers(resource)), "")


def _numbers(resource: Json) -> Iterator[Json]:
    found = resource.get("identifier")
    for one in found if isinstance(found, list) else (found,):
        if isinstance(one, dict) and isinstance(one.get("value"), str) and one["value"]:
            yield one


def _root(full_url: str) -> str:
    """``https://sender/fhir/`` of ``https://sender/fhir/Patient/123``."""
    if not full_url.startswith(_ROOTS):
        return ""
    return full_url.rpartition("/")[0].rpartition("/")[0] + "/"
