"""The interface document of a feed, for the vendor of the sending system: what its settings and our tables say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub import Grid, Guide, Section, Text
from plugins.hl7 import ack
from plugins.hl7.events import EVENTS
from plugins.hl7.guide.codes import tables
from plugins.hl7.guide.fields import components, sections
from plugins.hl7.guide.samples import samples
from plugins.hl7.names import event_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plugins.hl7.habits import Habits
    from plugins.hl7.queries.settings import QuerySettings
    from plugins.hl7.settings import HL7Settings

__all__ = ["guide"]

_ENCODINGS = {
    "auto": Text("as MSH-18 says (UNICODE UTF-8, GB 18030-2000, ASCII, 8859/1); without MSH-18 UTF-8, else GB18030"),
    "utf-8": Text("UTF-8 only; anything else is answered AE"),
    "gb18030": Text("GB18030 only (GBK and GB2312 are part of it); anything else is answered AE"),
    "iso-8859-1": Text("ISO 8859-1 only"),
}
_TWO = (Text("item"), Text("value"))
WHEN = {
    ("AE", "101"): Text("MSH-10 is empty"),
    ("AE", "102"): Text(
        "the message cannot be read in its encoding, or MSH-10 or a field of a question has a bad value"
    ),
    ("AE", "205"): Text("MSH-10 was used before, for another content"),
    ("AE", "207"): Text("the message was kept but not applied; somebody here looks at it"),
    ("AR", "100"): Text("no MSH at the beginning, or several messages in one frame"),
    ("AR", "101"): Text("MSH-9 is empty"),
    ("AR", "102"): Text("MSH cannot be read: its delimiters, or its length"),
    ("AR", "200"): Text("a batch where one message belongs, or a question that this feed does not answer"),
    ("AR", "204"): Text("MSH-3 and MSH-4 name a sender this connection is not for"),
}
"""When a sender hears each code of table 0357."""
QUESTIONS = {
    "Q21": ("QBP^Q21", Text("a person's demographics, by number")),
    "Q22": ("QBP^Q22", Text("who is it: persons by name, birth date, number, …")),
    "ZV1": ("QBP^ZV1", Text("who is it, with the visits")),
    "Q23": ("QBP^Q23", Text("a person's other numbers")),
    "Z34": ("QBP^Q11 (Z34)", Text("a person's vaccinations")),
    "A19": ("QRY^A19", Text("a person's demographics, asked the old way")),
}
"""The message and what it asks, by the name in the feed's file."""


def guide(feed: str, settings: HL7Settings, habits: Habits) -> Guide:
    title = Text("Interface document: HL7 v2, feed {feed}", {"feed": feed})
    return Guide(
        title,
        (
            _connection(settings),
            _encoding(settings),
            _acknowledgement(settings),
            _events(settings),
            *([_questions(settings.queries)] if settings.queries.allow else []),
            Section(
                Text("Segments and fields"),
                (
                    Text(
                        "Segments and fields that are not listed, Z segments among them, are kept as they come. A "
                        'field holding only "" deletes what was said before; an empty one changes nothing.'
                    ),
                ),
                sections=tuple(sections(habits)),
            ),
            Section(Text("Components of fields"), sections=tuple(components())),
            Section(
                Text("Codes"),
                (Text("A code that stands in no table is kept as it comes; somebody here decides what it means."),),
                sections=tuple(tables(habits)),
            ),
            Section(
                Text("Sample messages"),
                (Text("The persons are invented. Each line is a segment; on the wire a segment ends with CR (0x0D)."),),
                samples=tuple(samples(settings)),
            ),
        ),
    )


def _connection(settings: HL7Settings) -> Section:
    plain = Text("none: the connection is not encrypted")
    rows: list[tuple[Text | str, Text | str]] = [
        (Text("address"), settings.listen),
        (Text("protocol"), "MLLP / TCP"),
        (Text("framing"), "0x0B … 0x1C 0x0D"),
        (Text("encryption"), plain if settings.tls is None else _encryption(settings)),
        (Text("largest message"), Text("{count} bytes", {"count": settings.frame_bytes})),
        (Text("most segments"), str(settings.segments)),
        (Text("time for one message to arrive"), Text("{count} seconds", {"count": f"{settings.frame_seconds:g}"})),
        (
            Text("silence until a connection is closed"),
            Text("{count} seconds", {"count": f"{settings.idle_seconds:g}"}),
        ),
        (Text("connections at once"), str(settings.connections)),
        (Text("zone of times without one"), settings.timezone),
    ]
    authorities = Grid(
        (Text("assigning authority (CX.4.1)"), Text("identifier system")), tuple(settings.systems.items())
    )
    return Section(
        Text("Connection"),
        (
            Text(
                "The sender connects and keeps the connection open. Several messages may be sent before the first is "
                "answered; answers come in the order of the messages."
            ),
        ),
        (Grid(_TWO, tuple(rows)), *([authorities] if settings.systems else [])),
    )


def _encryption(settings: HL7Settings) -> Text:
    assert settings.tls is not None  # noqa: S101 - asked only then
    if settings.tls.client_ca is None:
        return Text("{version} or newer", {"version": settings.tls.minimum})
    return Text("{version} or newer; the sender shows a certificate", {"version": settings.tls.minimum})


def _encoding(settings: HL7Settings) -> Section:
    return Section(
        Text("Encoding"),
        (Text("The encoding is {encoding}.", {"encoding": _ENCODINGS[settings.encoding]}),),
    )


def _acknowledgement(settings: HL7Settings) -> Section:
    when = (
        Text("AA says that the message is on disk; what becomes of it is not told over this connection.")
        if settings.acknowledge == "stored"
        else Text("AA says that the message has been applied to the record.")
    )
    meaning = (
        ("AA / CA", Text("accepted: do not send it again")),
        ("AE / CE", Text("something in the message is wrong; ERR says what and where. Correct it and send it again")),
        ("AR / CR", Text("none of ours as a whole: it will not be accepted as it stands")),
        (Text("no answer"), Text("not known to be on disk: send it again, unchanged and with the same MSH-10")),
    )
    codes = tuple(dict.fromkeys((kind.answer, kind.code) for kind in ack.reasons()))
    return Section(
        Text("Acknowledgement"),
        (
            when,
            Text(
                "With MSH-15 or MSH-16 filled (enhanced mode) CA, CE or CR comes first, then AA, AE or AR if asked for."
            ),
            Text("A message sent again with the same MSH-10 and content gets the same answer and is applied once."),
        ),
        (
            Grid((Text("MSA-1"), Text("meaning")), meaning),
            Grid((Text("MSA-1"), "ERR-3", Text("meaning")), tuple((*code, WHEN[code]) for code in codes)),
        ),
    )


def _questions(queries: QuerySettings) -> Section:
    who = (
        Text("Only persons that this sender has sent itself are told.")
        if queries.own_patients_only
        else Text("All persons of the record are told.")
    )
    domains = Text("Numbers of these issuers may be asked for and are told: {domains}.",
                   {"domains": ", ".join(queries.domains)})  # fmt: skip
    rows = tuple(QUESTIONS[name] for name in queries.allow)
    return Section(
        Text("Questions"),
        (
            Text("These questions are answered over the same connection; every other one is answered AR."),
            who,
            *([domains] if queries.domains else []),
            Text(
                "One answer has {count} persons at the most; the rest is asked for with DSC.", {"count": queries.most}
            ),
        ),
        (Grid((Text("message"), Text("what it asks")), rows),),
    )


def _events(settings: HL7Settings) -> Section:
    rows: Iterable[tuple[Text | str, ...]] = (
        (f"{kind}^{trigger}", event_name(kind, trigger, event.name), event.visit)
        for (kind, trigger), event in EVENTS.items()
    )
    own = Grid((Text("your message"), Text("is read as")), tuple(settings.events.items()))
    return Section(
        Text("Messages"),
        (
            Text("Messages of other types are acknowledged and not used. Versions 2.1 to 2.8 are read alike."),
            *([Text("Questions are answered, see below.")] if settings.queries.allow else []),
        ),
        (
            Grid((Text("message"), Text("what it says"), Text("the visit's status after it")), tuple(rows)),
            *([own] if settings.events else []),
        ),
    )
