"""A request as far as every interaction needs it: who asks for what, and how the answer should look."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import parse_qsl

from hub import Client
from plugins.fhir.faults import Fault

Pairs = tuple[tuple[str, str], ...]
JSON = "application/fhir+json"
FORM = "application/x-www-form-urlencoded"
MOST_PARAMETERS = 300
JSON_NAMES = ("json", "application/json", JSON, "text/json")
_ACCEPTED = ("*/*", "application/*", "application/json", JSON)
_HOST = re.compile(rb"[A-Za-z0-9.\-_]{1,253}(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:[0-9]{1,5})?")
NOBODY = Client("", "", frozenset())


@dataclass(slots=True)
class Asked:
    """One request below /fhir."""

    method: str
    path: tuple[str, ...]
    query: str
    """As it stood in the URL."""
    headers: Mapping[bytes, bytes]
    base: str
    """``https://hub.example.org/fhir``"""
    address: str
    form: bytes = b""
    """The body, if it came as a form."""
    body: bytes = b""
    """Whatever came."""
    told: str = ""
    """What the audit log is to have of a body that is no form."""
    pairs: Pairs = ()
    client: Client = NOBODY
    id: str = ""
    type: str = ""
    version: str = ""
    action: str = field(default="", compare=False)

    @property
    def lenient(self) -> bool:
        return b"handling=lenient" in self.headers.get(b"prefer", b"").lower().replace(b" ", b"")

    @property
    def bound(self) -> str:
        """What a link made for this client is bound to."""
        return f"{self.client.name}\n{self.client.scopes}\n{self.type}\n{self.id}\n{self.action}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What leaves, and what the audit log hears of it."""

    status: int
    body: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ()
    persons: tuple[str, ...] = ()
    resources: int = 0


def pairs_of(query: str) -> Pairs:
    """The parameters of a query string or form, in their order."""
    try:
        pairs = tuple(parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS))
    except ValueError:
        raise Fault(400, "the parameters cannot be read: they must be URL-encoded UTF-8, 300 at the most") from None
    for name, value in pairs:
        if "\0" in name or "\0" in value:
            raise Fault(400, "a parameter holds a NUL character")
    return pairs


def form_of(form: bytes) -> str:
    """UTF-8, percent-encoded or as it is: other bytes would search for what nobody wrote."""
    try:
        return form.decode()
    except UnicodeDecodeError:
        raise Fault(400, "the form cannot be read: it must be UTF-8") from None


def check_format(asked: Asked) -> None:
    """Raises 406 for a client that does not take JSON; ``_format`` has the last word."""
    wanted = [value for name, value in asked.pairs if name == "_format"]
    if wanted:
        if any(value.partition(";")[0].strip().lower() not in JSON_NAMES for value in wanted):
            raise Fault(406, "only JSON is served", place="_format")
    elif not _accepts_json(asked.headers.get(b"accept", b"")):
        raise Fault(406, "only JSON is served", place="Accept")


@lru_cache(maxsize=256)
def _accepts_json(accept: bytes) -> bool:
    return any(name in _ACCEPTED for name in accepted(accept))


@lru_cache(maxsize=256)
def accepted(accept: bytes) -> tuple[str, ...]:
    """The media types a client takes, ``*/*`` among them, the dearest first; without the header all of them."""
    ranges = [part.replace(" ", "").lower().split(";") for part in accept.decode("latin-1").split(",") if part.strip()]
    weighed = sorted(((_weight(rest), name) for name, *rest in ranges), key=lambda one: -one[0])
    return tuple(name for weight, name in weighed if weight) if ranges else ("*/*",)


def _weight(parameters: Iterable[str]) -> float:
    found = next((one[2:] for one in parameters if one.startswith("q=")), "1")
    try:
        return min(max(float(found), 0.0), 1.0)
    except ValueError:
        return 1.0


def is_form(content_type: bytes) -> bool:
    return content_type.decode("latin-1").partition(";")[0].strip().lower() == FORM


def check_form(content_type: bytes) -> None:
    charset = re.search(r"charset\s*=\s*\"?([^\s;\"]+)", content_type.decode("latin-1").lower())
    if not is_form(content_type) or (charset and charset[1] not in ("utf-8", "utf8")):
        raise Fault(415, "send a form: {type}, in UTF-8", type=FORM)


def check_json(content_type: bytes) -> None:
    name, _, rest = content_type.decode("latin-1").lower().partition(";")
    charset = re.search(r"charset\s*=\s*\"?([^\s;\"]+)", rest)
    if name.strip() not in JSON_NAMES or (charset and charset[1] not in ("utf-8", "utf8")):
        raise Fault(415, "send JSON: {type}, in UTF-8", type=JSON)


def base_of(configured: str, scheme: str, headers: Mapping[bytes, bytes], mount: str) -> str:
    """Where links lead: as configured, else where the request was sent to."""
    if configured:
        return configured.rstrip("/") + mount
    host = headers.get(b"host", b"")
    if not _HOST.fullmatch(host):
        raise Fault(400, "the Host header is missing or is no host name")
    return f"{scheme}://{host.decode()}{mount}"


def one(pairs: Iterable[tuple[str, str]], name: str) -> str | None:
    """The only value of a parameter that may stand there once."""
    values = [value for found, value in pairs if found == name]
    if len(values) > 1:
        raise Fault(400, "{name} may be given once", place=name, name=name)
    if values and not values[0]:
        raise Fault(400, "{name} has an empty value", place=name, name=name)
    return values[0] if values else None


def only(pairs: Iterable[tuple[str, str]], allowed: Iterable[str], *, lenient: bool = False) -> None:
    """Raises 400 for a parameter that would otherwise be ignored in silence."""
    known = frozenset(allowed)
    for name, _ in pairs:
        if name not in known and not lenient:
            raise unknown(name)


def unknown(name: str) -> Fault:
    shown = name[:60]
    return Fault(400, "the parameter {name} is not known here", place=shown, code="not-supported", name=shown)
