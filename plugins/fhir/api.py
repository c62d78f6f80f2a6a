"""The ASGI side: who asks, may they, what is the answer, is it noted; only then does it leave."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from starlette.routing import BaseRoute, Mount, Route
from starlette.types import Receive, Scope, Send

from hub import AuditEvent, Client, Hub, HubError
from plugins.fhir.asking import (
    Answer,
    Asked,
    base_of,
    check_form,
    check_format,
    check_json,
    form_of,
    is_form,
    pairs_of,
)
from plugins.fhir.capability import capability
from plugins.fhir.faults import Fault, fault_of, lacking
from plugins.fhir.interactions import READING, Interaction, route, suppose
from plugins.fhir.render import CONTENT_TYPE, PRIVATE, fault_body

MOUNT = "/fhir"
LARGEST_BODY = 1_000_000
LONGEST_OF_NOBODY = 2_000
"""So much of its question is noted of a client that is unknown: the audit log is not filled by strangers."""
_BEARER = re.compile(rb"bearer +([A-Za-z0-9\-._~+/]{8,512}=*)", re.IGNORECASE)
WRITING = ("POST", "PUT")
_DENIED = (401, 403)


def routes(hub: Hub) -> Iterable[BaseRoute]:
    served = Fhir(hub)
    return [Route(MOUNT, served), Mount(MOUNT, app=served)]


class Fhir:
    """Everything below /fhir."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            asked = _asked(self._hub, scope)
            if asked.path == ("metadata",):
                answer = _metadata(asked)
            else:
                answer = await self._noted(asked, await self._answered(asked, receive))
        except Fault as fault:
            answer = _refusal(fault)
        await _respond(send, answer)

    async def _answered(self, asked: Asked, receive: Receive) -> tuple[Answer, str]:
        """The answer, and its outcome as the audit log has it."""
        try:
            if asked.method in WRITING:
                await _take_body(asked, receive)
            asked.client = await self._client(asked)
            interaction = _allowed(asked)
            _read_parameters(asked, interaction)
            return await self._worked(interaction, asked), "ok"
        except (Fault, HubError) as error:
            fault = error if isinstance(error, Fault) else fault_of(error)
            return _refusal(fault), fault.code

    async def _client(self, asked: Asked) -> Client:
        given = _BEARER.fullmatch(asked.headers.get(b"authorization", b"").strip())
        if given is None:
            raise Fault(401, "a bearer token is needed: ask whoever runs this hub for one")
        bearer = given[1].decode()
        access = self._hub.access
        client = access.trusted(bearer) or await self._hub.in_thread(lambda: access.check(bearer))
        if client is None:
            raise Fault(401, "this token is unknown, expired or revoked")
        return client

    async def _worked(self, interaction: Interaction, asked: Asked) -> Answer:
        if interaction.act is not None:
            return await interaction.act(self._hub, asked)

        def work() -> Answer:
            with self._hub.records.view() as view:
                return interaction.work(self._hub, view, asked)

        return work() if interaction.near and self._hub.records.near else await self._hub.in_thread(work)

    async def _noted(self, asked: Asked, answered: tuple[Answer, str]) -> Answer:
        """What cannot be noted is not answered."""
        try:
            await self._hub.audit.soon(_event(asked, *answered))
        except HubError as error:
            return _refusal(fault_of(error))
        return answered[0]


def _event(asked: Asked, answer: Answer, outcome: str) -> AuditEvent:
    if answer.status in _DENIED:
        suppose(asked)
    query = "&".join(filter(None, (asked.query, asked.form.decode(errors="replace"), asked.told)))
    return AuditEvent(
        client=asked.client.name,
        address=asked.address,
        action="denied" if answer.status in _DENIED else asked.action or "unknown",
        resource_type=asked.type,
        resource_id=asked.id,
        persons=answer.persons,
        query=query if asked.client.name else query[:LONGEST_OF_NOBODY],
        outcome=outcome,
        resources=answer.resources,
    )


def _asked(hub: Hub, scope: Scope) -> Asked:
    headers: Mapping[bytes, bytes] = dict(scope["headers"])
    mount = scope.get("root_path", "").removesuffix(MOUNT) + MOUNT
    path = scope["path"].removeprefix(mount).strip("/")
    client = scope.get("client")
    return Asked(
        method="GET" if scope["method"] == "HEAD" else scope["method"],
        path=tuple(path.split("/")),
        query=scope["query_string"].decode("latin-1"),
        headers=headers,
        base=base_of(hub.base_url, scope["scheme"], headers, MOUNT),
        address=client[0] if client else "",
    )


def _metadata(asked: Asked) -> Answer:
    if asked.method != "GET":
        raise Fault(405, "only {methods} is possible here", methods=", ".join(READING))
    asked.pairs = pairs_of(asked.query)
    check_format(asked)
    return Answer(200, capability(asked.base), (CONTENT_TYPE,))


def _allowed(asked: Asked) -> Interaction:
    interaction = route(asked)
    if interaction.letter and not asked.client.may(interaction.letter, asked.type):
        raise Fault.within(403, lacking(asked.client, interaction.letter, asked.type), "")
    return interaction


async def _take_body(asked: Asked, receive: Receive) -> None:
    """Reads the body before anything is decided, so that the audit log has what a refused client asked."""
    parts, size = [], 0
    while True:
        message = await receive()
        parts.append(bytes(message.get("body", b"")))
        size += len(parts[-1])
        if size > LARGEST_BODY:
            raise Fault(413, "the body is larger than {most} bytes", most=LARGEST_BODY)
        if not message.get("more_body"):
            break
    asked.body = b"".join(parts)
    if is_form(asked.headers.get(b"content-type", b"")):
        asked.form = asked.body


def _read_parameters(asked: Asked, interaction: Interaction) -> None:
    if asked.query:
        asked.pairs = pairs_of(asked.query)
    given = asked.headers.get(b"content-type", b"")
    if interaction.takes == "json":
        if asked.body:
            check_json(given)
    elif asked.body or asked.path[-1] == "_search":
        check_form(given)
        asked.pairs += pairs_of(form_of(asked.form))
    if not interaction.native:
        check_format(asked)


def _refusal(fault: Fault) -> Answer:
    headers = [CONTENT_TYPE, PRIVATE]
    if fault.status == 401:
        headers.append((b"www-authenticate", b'Bearer realm="hub"'))
    if fault.status == 405:
        headers.append((b"allow", str(fault.text.args["methods"]).encode()))
    if fault.status == 503:
        headers.append((b"retry-after", b"5"))
    return Answer(fault.status, fault_body(fault), tuple(headers))


async def _respond(send: Send, answer: Answer) -> None:
    headers = [*answer.headers]
    if answer.status != 304:
        headers.append((b"content-length", b"%d" % len(answer.body)))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
