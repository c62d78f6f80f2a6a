"""The kind of source system this plugin can talk to: anything that sends HL7 v2."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, ClassVar

from hub import Adapter, ParseError
from plugins.hl7.charset import decode, decode_as
from plugins.hl7.codes import CHOICES, NAMES
from plugins.hl7.door import admit
from plugins.hl7.lexer import Lexed, lex
from plugins.hl7.settings import HL7Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hub import FieldFate, Finding, Guide, Listener, Message, Payload, Piece, Receive, RecordUpdate, Settings
    from plugins.hl7.answering import Questions
    from plugins.hl7.habits import Habits


class HL7(Adapter[HL7Settings]):
    """HL7 v2 over MLLP: what hospitals have."""

    name: ClassVar[str] = "hl7"
    Settings: ClassVar[type[Settings]] = HL7Settings
    code_maps = NAMES
    code_choices = CHOICES
    _known: Habits | None = None

    def admit(self, body: bytes) -> Payload:
        return admit(body, self.settings).payload

    def split(self, batch: BinaryIO, after: str = "", *, more: bool = False) -> Iterator[Piece]:
        from plugins.hl7.batch import split

        return split(batch, self.settings, after, more=more)

    def parse(self, message: Message) -> Iterable[RecordUpdate]:
        # Here, because an open door needs no maps.
        from plugins.hl7.parse import parse

        return parse(self._lexed(message), message, self.settings, self.habits)

    def explain(self, message: Message) -> Iterable[FieldFate]:
        from plugins.hl7.explain import explain

        return explain(self._lexed(message), message, self.settings, self.habits)

    def check(self) -> Iterable[Finding]:
        from plugins.hl7.checking import check

        return check(self.settings)

    def guide(self) -> Guide:
        from plugins.hl7.guide import guide

        return guide(self.feed, self.settings, self.habits)

    def listen(self, receive: Receive) -> Listener:
        from plugins.hl7.mllp import MllpListener

        return MllpListener(self.feed, self.settings, receive, self._questions(receive))

    def _questions(self, receive: Receive) -> Questions | None:
        """Who answers queries, where the feed's file allows any."""
        if not self.settings.queries.allow:
            return None
        from plugins.hl7.queries.answering import Answers

        return Answers(self.feed, self.settings, receive)

    @property
    def habits(self) -> Habits:
        """By the maps as they are now: an answer of a person changes them while the hub runs."""
        known = self._known
        if known is None or known.codes is not self.codes:
            from plugins.hl7.site import habits_of

            known = self._known = habits_of(self.settings, self.codes)
        return known

    def _lexed(self, message: Message) -> Lexed:
        """Decoded as the door did; anew when it did not say, as for a file somebody looks at."""
        text, codec = self._text(message)
        settings = self.settings
        return lex(text, segments=settings.segments, repetitions=settings.repetitions, charset=codec)

    def _text(self, message: Message) -> tuple[str, str]:
        codec = message.notes.get("encoding", "")
        try:
            if codec:
                return decode_as(message.body, codec), codec
        except (UnicodeDecodeError, LookupError):
            raise ParseError("the message cannot be decoded as {encoding}", encoding=codec) from None
        decoded = decode(message.body, self.settings.encoding)
        return decoded.text, decoded.codec
