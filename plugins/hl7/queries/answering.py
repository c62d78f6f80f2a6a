"""Answers questions from the record: may they ask, what is there, is it noted; only then does an answer leave."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from hub import AuditEvent, BadQuery, ParseError, Refusal, Unavailable
from plugins.hl7.ack import refuse
from plugins.hl7.answering import QUESTION_FAULTS
from plugins.hl7.charset import decode_as
from plugins.hl7.lexer import lex
from plugins.hl7.queries.composing import Answer
from plugins.hl7.queries.domains import Domains
from plugins.hl7.queries.faults import DATA, QueryFault
from plugins.hl7.queries.finding import Found, Looking, find
from plugins.hl7.queries.question import CANCEL, TRIGGERS, read

if TYPE_CHECKING:
    from hub import Hub, Receive
    from plugins.hl7.answering import Question
    from plugins.hl7.lexer import Lexed
    from plugins.hl7.queries.question import Asked
    from plugins.hl7.settings import HL7Settings

_REPEATED = ("QPD", "QRD", "QRF")
_ABOUT = {"Z34": "Immunization", "ZV1": "Encounter", "A19": "Encounter"}
_DENIED = "query_not_allowed"


def refusal(lexed: Lexed, settings: HL7Settings) -> Refusal | None:
    """Why a question is refused at the door, whatever the record holds. Pure."""
    try:
        read(lexed, Domains("", settings))
    except QueryFault as fault:
        return Refusal(fault.reason, fault.text, next(iter(fault.places), ""))
    return None


class Answers:
    """Of one feed's door."""

    def __init__(self, feed: str, settings: HL7Settings, receive: Receive) -> None:
        self._domains = Domains(feed, settings)
        self._receive = receive
        self._zone = ZoneInfo(settings.timezone)

    async def answer(self, question: Question) -> bytes:
        """Raises ``Unavailable`` when the record or the audit log cannot be had: nothing is told then."""
        hub = self._receive.hub
        if hub is None:
            raise Unavailable("the record cannot be read just now")
        refused = question.receipt.refusal or question.payload.refusal
        if refused and refused.code not in QUESTION_FAULTS:
            return refuse(question.head, refused, question.receipt)
        lexed = self._lexed(question)
        answer = self._to(question, lexed)
        try:
            asked = read(lexed, self._domains)
            if asked.name == CANCEL:
                return answer.taken_back()
            looked = await hub.in_thread(lambda: self._looked(hub, asked, question))
        except QueryFault as fault:
            await hub.audit.soon(self._event(question, answer, fault.reason))
            return answer.fault(fault)
        await hub.audit.soon(self._event(question, answer, "ok", looked))
        return answer.found(looked, asked)

    def _lexed(self, question: Question) -> Lexed:
        settings, head = self._domains.settings, question.head
        try:
            text = decode_as(question.payload.body, question.payload.notes.get("encoding") or head.codec)
        except UnicodeDecodeError:
            raise ParseError("the message cannot be decoded as {encoding}", encoding=head.codec) from None
        return lex(text, segments=settings.segments, repetitions=settings.repetitions, charset=head.codec)

    def _to(self, question: Question, lexed: Lexed) -> Answer:
        repeated = [one for name in _REPEATED if (one := lexed.first(name))]
        kind = (question.head.type.upper(), question.head.trigger.upper())
        receipt = question.receipt
        return Answer(
            question.head,
            TRIGGERS.get(kind, ""),
            repeated,
            f"Q{receipt.message_id}",
            receipt.received_at.astimezone(self._zone),
            self._domains,
        )

    def _looked(self, hub: Hub, asked: Asked, question: Question) -> Found:
        """What the record says. Runs in a thread."""
        asker = f"{self._domains.feed}\n{question.payload.sender}"
        try:
            with hub.records.view() as view:
                return find(Looking(hub, view, asked, self._domains, asker))
        except BadQuery as error:
            raise QueryFault(DATA, error.text, "QPD-3") from None

    def _event(self, question: Question, answer: Answer, outcome: str, found: Found | None = None) -> AuditEvent:
        entries = found.entries if found else ()
        return AuditEvent(
            client=f"{self._domains.feed}/{question.payload.sender}",
            address=question.address,
            action="denied" if outcome == _DENIED else "query",
            resource_type=_ABOUT.get(answer.name, "Patient"),
            persons=tuple(dict.fromkeys(entry.person for entry in entries)),
            query="\n".join(one.encode() for one in answer.repeated),
            outcome=outcome,
            resources=sum(1 + (entry.visit is not None) + len(entry.doses) for entry in entries),
        )
