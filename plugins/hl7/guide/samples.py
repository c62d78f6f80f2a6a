"""A message of every kind, of an invented person, as a sender of this feed would write it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from hub import Receipt, Sample, Text
from plugins.hl7 import ack
from plugins.hl7.events import EVENTS
from plugins.hl7.head import Head
from plugins.hl7.names import event_name

if TYPE_CHECKING:
    from plugins.hl7.settings import HL7Settings

AT = "20240501083000+0800"
RECEIVED = datetime(2024, 5, 1, 0, 30, 1, tzinfo=UTC)
# A sound check digit, of a county that has never been.
NUMBER = "990101199003070015"

_ORDER = "ORC|NW|O1001|F1001||SC||||20240501083000+0800|||D001^王^医生"
_REQUEST = "OBR|1|O1001|F1001|718-7^血红蛋白^LN|||20240501080000+0800"
_RESULT = "OBX|1|NM|718-7^血红蛋白^LN||135|g/L|115-150||||F|||20240501081500+0800"
_SPECIMEN = "SPM|1|S1001||BLD^血液^HL70487|||||||||||||20240501080000+0800"
_CONTAINER = "SAC|||C1001"
_DRUG = "N02BE01^对乙酰氨基酚^WHO_ATC"
_TIMING = "TQ1|1||TID|||5^d|20240501090000+0800"
_ROUTE = "RXR|PO^口服^HL70162"
_APPOINTMENT = (
    "SCH|A1001|B1001|||||ROUTINE^常规^HL70276|NORMAL^门诊^HL70277|||^^15^20240502090000+0800^20240502091500+0800"
)
_TEXT = "OBX|1|TX|11488-4^会诊记录^LN||患者一般情况良好。||||||F"
_ATTACHED = "OBX|1|ED|11488-4^会诊记录^LN||"
_PDF = b64encode(b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n").decode()
_CDA = b64encode(b'<?xml version="1.0" encoding="UTF-8"?><ClinicalDocument xmlns="urn:hl7-org:v3"/>').decode()
_CHARGE = "FT1|1|||20240501083000+0800||CG|C718^血常规"
_DOCUMENT = (
    "EVN|{trigger}|" + AT,
    "{pid}",
    "{pv1}",
    "TXA|1|CN^会诊记录|TX|20240501083000+0800||||||||D1001|D1000||||AU",
)

BODIES: Mapping[str, tuple[str, ...]] = {
    "ORU": ("{pid}", "{pv1}", _ORDER.replace("NW", "RE"), _REQUEST, _RESULT),
    "OUL": ("{pid}", "{pv1}", _REQUEST, _RESULT),
    "ORM": ("{pid}", "{pv1}", _ORDER, _REQUEST),
    "OML": ("{pid}", "{pv1}", _ORDER, _REQUEST),
    "OMG": ("{pid}", "{pv1}", _ORDER, _REQUEST),
    "OMP": ("{pid}", "{pv1}", _ORDER, _TIMING, f"RXO|{_DRUG}|500||mg", _ROUTE),
    "RDE": ("{pid}", "{pv1}", _ORDER, _TIMING, f"RXE||{_DRUG}|500||mg", _ROUTE),
    "RDS": ("{pid}", "{pv1}", _ORDER, f"RXD|1|{_DRUG}|20240501083000+0800|20|TAB||R1001", _ROUTE),
    "RGV": ("{pid}", "{pv1}", _ORDER, f"RXG|1|1||{_DRUG}|500||mg", _ROUTE),
    "RAS": ("{pid}", "{pv1}", _ORDER, f"RXA|0|1|20240501090000+0800||{_DRUG}|500|mg", _ROUTE),
    "MDM": (*_DOCUMENT, _TEXT),
    "VXU": (
        "{pid}",
        "ORC|RE|O2001|F2001",
        "RXA|0|1|20240501090000+0800||08^乙肝疫苗^CVX|0.5|mL||00^新接种^NIP001|||||L1001|20260101|||||CP",
        "RXR|IM^肌内^HL70162|LD^左上臂^HL70163",
    ),
    "SIU": (
        _APPOINTMENT,
        "{pid}",
        "{pv1}",
        "RGS|1|A",
        "AIS|1|A|CARD^心内科门诊|20240502090000+0800",
        "AIP|1|A|D001^王^医生",
    ),
    "PPR": ("{pid}", "{pv1}", "PRB|AD|20240501083000+0800|I10^高血压^I10|P1001"),
    "REF": ("RF1|P|R|MED|||R1001|20240501083000+0800", "PRD|RP|王^医生", "{pid}", "{pv1}", "DG1|1||I10^高血压^I10"),
    "DFT": ("EVN|{trigger}|" + AT, "{pid}", "{pv1}", _CHARGE),
    "BAR": ("EVN|{trigger}|" + AT, "{pid}", "{pv1}", "DG1|1||I10^高血压^I10|||A"),
}
"""The segments behind MSH, by the type of message."""

SPECIAL: Mapping[tuple[str, str], tuple[str, ...]] = {
    **{("MDM", trigger): _DOCUMENT for trigger in ("T01", "T03", "T05", "T07", "T09", "T11")},
    ("ADT", "A20"): ("EVN|A20|" + AT, "NPU|ICU^01^1|U"),
    ("ADT", "A60"): ("EVN|A60|" + AT, "{pid}", "IAM|1|DA|PEN^青霉素|SV|皮疹|A|AL1001"),
    ("OUL", "R22"): ("{pid}", "{pv1}", _SPECIMEN, _REQUEST, _RESULT),
    ("OUL", "R23"): ("{pid}", "{pv1}", _SPECIMEN, _CONTAINER, _REQUEST, _RESULT),
    ("OML", "O33"): ("{pid}", "{pv1}", _SPECIMEN, _ORDER, _REQUEST),
    ("OML", "O35"): ("{pid}", "{pv1}", _SPECIMEN, _CONTAINER, _ORDER, _REQUEST),
    ("RAS", "O01"): ("{pid}", "{pv1}", _ORDER, f"RXA|0|1|20240501090000+0800||{_DRUG}|500|mg", _ROUTE),
    ("SIU", "S23"): (_APPOINTMENT, "RGS|1|A", "AIP|1|A|D001^王^医生||||20240502090000+0800|||60|min"),
    ("SIU", "S24"): (_APPOINTMENT, "RGS|1|A", "AIP|1|A|D001^王^医生||||20240502090000+0800|||60|min"),
    ("MFN", "M02"): (
        "MFI|PRA^Practitioner^HL70175||UPD|||AL",
        "MFE|MAD|1||D001|CWE",
        "STF|D001|D001|王^医生||F|19800101",
    ),
    ("MFN", "M05"): ("MFI|LOC^Location^HL70175||UPD|||AL", "MFE|MAD|1||ICU^01^1|PL", "LOC|ICU^01^1|重症监护室一床|B"),
}

SHOWN = {("ADT", trigger) for trigger in ("A01", "A02", "A03", "A04", "A08", "A11", "A13", "A28", "A31", "A40", "A17")}
"""Of the many kinds of ADT."""

ATTACHED: tuple[tuple[Text, tuple[str, ...]], ...] = (
    (Text("a document as text"), (*_DOCUMENT, _TEXT)),
    (Text("a document as PDF"), (*_DOCUMENT, f"{_ATTACHED}^application^pdf^Base64^{_PDF}||||||F")),
    (Text("a document as CDA"), (*_DOCUMENT, f"{_ATTACHED}^text^xml^Base64^{_CDA}||||||F")),
)
"""What the content of a document may be, in an MDM^T02."""

_SPELLED = {
    "患者一般情况良好。": "The patient is well.", "对乙酰氨基酚": "Paracetamol", "心内科门诊": "Cardiology", "乙肝疫苗":
    "Hepatitis B vaccine", "会诊记录": "Consultation", "血红蛋白": "Haemoglobin", "幸福路1号": "1 Xingfu Road",
    "左上臂": "Left upper arm", "新接种": "New", "高血压": "Hypertension", "血常规": "Blood count",
    "青霉素": "Penicillin", "武汉市": "Wuhan", "湖北省": "Hubei", "重症监护室一床": "ICU bed 1", "医生": "Doctor",
    "张三^": "Zhang^San", "李四^": "Li^Si", "血液": "Blood", "口服": "Oral", "常规": "Routine", "门诊": "Outpatient",
    "肌内": "Intramuscular", "皮疹": "Rash", "王": "Wang",
}  # fmt: skip
"""For a feed whose encoding has no Chinese; longer ones first where one holds another."""


def samples(settings: HL7Settings) -> Iterator[Sample]:
    """One of each family, and of the commonest events of ADT; with the answer the sender hears."""
    families: set[str] = set()
    for number, (kind, trigger) in enumerate(EVENTS, 1):
        if (kind, trigger) in SHOWN or (kind != "ADT" and kind not in families):
            families.add(kind)
            message = sample(kind, trigger, settings, f"{number:06}")
            name = event_name(kind, trigger, EVENTS[kind, trigger].name)
            title = Text("{message}: {name}", {"message": f"{kind}^{trigger}", "name": name})
            yield Sample(title, _lines(message), _lines(answer(message, number)))
    number = len(EVENTS)
    for said, segments in ATTACHED:
        number += 1
        message = sample("MDM", "T02", settings, f"{number:06}", segments)
        yield Sample(
            Text("{message}: {name}", {"message": "MDM^T02", "name": said}), _lines(message),
            _lines(answer(message, number)),
        )  # fmt: skip
    for own, meant in settings.events.items():
        number += 1
        message = of_its_own(own.upper(), meant.upper(), settings, f"{number:06}")
        title = Text("{message}: read as {name}", {"message": own.upper(), "name": meant.upper()})
        yield Sample(title, _lines(message), _lines(answer(message, number)))


def of_its_own(own: str, meant: str, settings: HL7Settings, number: str) -> str:
    """A message of the sender's own kind, which is read as one of ours."""
    kind, trigger = meant.split("^")[:2]
    written = sample(kind, trigger, settings, number)
    return written.replace(f"|{kind}^{trigger}|", f"|{own}|", 1).replace(f"EVN|{trigger}|", f"EVN|{own[4:]}|", 1)


def sample(
    kind: str, trigger: str, settings: HL7Settings, number: str = "000001", segments: tuple[str, ...] = ()
) -> str:
    """As it goes over the wire; ``number`` is its control id, ``segments`` what stands behind MSH, if not the usual."""
    charset = {"gb18030": "GB 18030-2000", "iso-8859-1": "8859/1"}.get(settings.encoding, "UNICODE UTF-8")
    header = rf"MSH|^~\&|HIS|HOSPITAL|HUB|DISTRICT|{AT}||{kind}^{trigger}|{number}|P|2.5.1||||||{charset}"
    written = {"pid": _person("P0001", "张三", settings), "pv1": _visit("V0001", settings), "trigger": trigger}
    segments = segments or SPECIAL.get((kind, trigger)) or BODIES.get(kind, ())
    body = [segment.format(**written) for segment in segments] if segments else _adt(trigger, written, settings)
    message = "\r".join((header, *body)) + "\r"
    return message if settings.encoding != "iso-8859-1" else _spelled(message)


def _spelled(message: str) -> str:
    for words in sorted(_SPELLED, key=len, reverse=True):
        message = message.replace(words, _SPELLED[words])
    return message


def answer(message: str, number: int) -> str:
    """What a door says once the message is on disk."""
    head = Head.read(message.encode())
    return ack.accept(head, Receipt(number, RECEIVED.astimezone())).decode(head.codec)


def _adt(trigger: str, written: Mapping[str, str], settings: HL7Settings) -> list[str]:
    event = EVENTS["ADT", trigger]
    body = [f"EVN|{trigger}|{AT}", written["pid"]]
    if event.prior:
        number = _number("P0009", settings)
        body.append(f"MRG|{number}|{number}|A0009|{number}|V0009{_authority('VISIT', settings)}|V0008")
    if event.prior and not (event.visits or event.moves == "visit"):
        return body
    body.append(written["pv1"])
    if event.pairs:
        other = (
            _person("P0002", "李四", settings, identified=False).replace("PID|1|", "PID|2|").replace("A0001", "A0002")
        )
        body += [other, _visit("V0002", settings).replace("PV1|1|", "PV1|2|").replace("ICU^01^1", "ICU^01^2")]
    return body


def _person(number: str, name: str, settings: HL7Settings, *, identified: bool = True) -> str:
    numbers = _number(number, settings) + (f"~{NUMBER}^^^^NNCHN" if identified else "")
    lived = "幸福路1号^^武汉市^湖北省^430000||^PRN^PH^^^^13900000000|||M||A0001"
    return f"PID|1|{number}|{numbers}|{number}|{name}^^^^^^L||19900307|F|||{lived}"


def _visit(number: str, settings: HL7Settings) -> str:
    visit = f"{number}{_authority('VISIT', settings)}"
    return f"PV1|1|I|ICU^01^1||||D001^王^医生||||||||||||{visit}|{'|' * 24}20240501083000+0800||||||{number}A"


def _number(number: str, settings: HL7Settings) -> str:
    return f"{number}{_authority('HOSP', settings)}^MR"


def _authority(usual: str, settings: HL7Settings) -> str:
    """One the feed knows, if it knows any."""
    known = list(settings.systems)
    name = usual if usual in known else next(iter(known), usual)
    return f"^^^{name}"


def _lines(message: str) -> str:
    return message.rstrip("\r").replace("\r", "\n")
