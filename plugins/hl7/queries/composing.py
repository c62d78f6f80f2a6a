"""Puts an answer into words: RSP, ADR, or ACK where a question is only taken back or none of ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hub import ID_NUMBER_SYSTEM
from plugins.hl7.building import Verbatim, codec_for, header, is_before, location, segment
from plugins.hl7.charset import encode
from plugins.hl7.queries.doses import dose
from plugins.hl7.queries.encounters import pv1
from plugins.hl7.queries.faults import MEANINGS, QueryFault
from plugins.hl7.queries.finding import FOUND, NOTHING
from plugins.hl7.queries.persons import pd1, pid, pid_of_numbers
from plugins.hl7.queries.question import CANCEL
from plugins.hl7.queries.written import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from plugins.hl7.building import Field, Repetition
    from plugins.hl7.head import Head
    from plugins.hl7.lexer import Segment
    from plugins.hl7.queries.demographics import Demographics
    from plugins.hl7.queries.domains import Domains
    from plugins.hl7.queries.finding import Entry, Found
    from plugins.hl7.queries.question import Asked

_KINDS = {
    "Q21": ("RSP", "K21", "RSP_K21"),
    "Q22": ("RSP", "K22", "RSP_K21"),
    "ZV1": ("RSP", "ZV2", "RSP_ZV2"),
    "Q23": ("RSP", "K23", "RSP_K23"),
    "Z34": ("RSP", "K11", "RSP_K11"),
    "A19": ("ADR", "A19", "ADR_A19"),
}
_INTERACTIVE = "I"
_CERTAIN = "all criteria match"
_LINE = 80
"""MSA-3 of old versions."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said, to whom, and when."""

    head: Head
    name: str
    """``Q22``; empty for a question of a kind we have no answer for."""
    repeated: Sequence[Segment]
    """QPD, or QRD and QRF."""
    control_id: str
    at: datetime
    domains: Domains

    def found(self, found: Found, asked: Asked) -> bytes:
        lines = [self._msa("AA"), self._qak(found.status, found), self._repeated()]
        for number, entry in enumerate(found.entries, 1):
            lines += self._entry(entry, number, found, asked)
        if found.pointer:
            lines.append(self._segment("DSC", {1: found.pointer, 2: _INTERACTIVE}))
        return self._written(lines, self._profile(found))

    def fault(self, fault: QueryFault) -> bytes:
        status = "" if self.name in ("", CANCEL) else self._qak(fault.answer)
        repeated = self._repeated() if status else ""
        english, chinese = fault.text.render("en"), fault.text.render("zh_CN")
        old = is_before(self.head, 2.5)
        msa = self._msa(fault.answer, chinese[:_LINE] if old else "")
        err = self._err_before_25(fault) if old else self._err(fault, english, chinese)
        return self._written([msa, err, status, repeated])

    def taken_back(self) -> bytes:
        """Nothing is kept of a question between its pages, so there is nothing to end."""
        return self._written([self._msa("AA")])

    # --- segments ----------------------------------------------------------------------------------------------------

    def _entry(self, entry: Entry, number: int, found: Found, asked: Asked) -> Iterable[str]:
        delimiters = self.head.delimiters
        words = Words(self.domains, self.domains.draft(delimiters), found.known)
        if found.status == NOTHING:
            return
        numbers = self.domains.in_order(entry.patient.get("identifier", ()), asked.domains)
        if self.name == "Q23":
            yield pid_of_numbers(numbers, words, delimiters)
            return
        yield pid(entry.patient, number, numbers, words, delimiters)
        yield pd1(entry.patient, words, delimiters)
        if self.name in ("ZV1", "A19"):
            yield pv1(entry.visit, number, words, delimiters)
        if self.name in ("Q21", "Q22"):
            yield self._qri(entry, asked.who)
        for given, told in entry.doses:
            yield dose(given, told, words, delimiters)

    def _msa(self, code: str, text: str = "") -> str:
        return self._segment("MSA", {1: code, 2: Verbatim(self.head.control_id), 3: text})

    def _qak(self, status: str, found: Found | None = None) -> str:
        first = self.repeated[0] if self.repeated else None
        parameters = first is not None and first.name == "QPD"
        fields: dict[int, Field] = {
            1: Verbatim(first.raw(2 if parameters else 4)) if first else "",
            2: status,
            3: Verbatim(first.raw(1)) if first and parameters else "",
        }
        if found and found.status == FOUND:
            counts = (found.total, len(found.entries), max(found.total - found.told, 0))
            fields |= {at: str(count) for at, count in enumerate(counts, 4)}
        return self._segment("QAK", fields)

    def _qri(self, entry: Entry, who: Demographics) -> str:
        """Why this candidate: whatever was asked for is so, and how sure it is (of 100) that nobody else is meant."""
        known = {(one.get("system"), one.get("value")) for one in entry.patient.get("identifier", ())}
        national = any(number[0] == ID_NUMBER_SYSTEM and number in known for number in who.numbers)
        reasons = {"SS": national, "NA": who.family or who.given, "DB": who.born, "PH": who.phones}
        sure = "" if entry.confidence is None else str(entry.confidence)
        return self._segment("QRI", {1: sure, 2: [code for code, asked in reasons.items() if asked], 3: ("", _CERTAIN)})

    def _err(self, fault: QueryFault, english: str, chinese: str) -> str:
        places: list[Repetition] = [location(place) for place in fault.places]
        fields: dict[int, Field] = {
            2: places,
            3: (fault.code, MEANINGS[fault.code], "HL70357"),
            4: "E",
            5: fault.reason,
            7: english,
            8: "" if chinese == english else chinese,
        }
        return self._segment("ERR", fields)

    def _err_before_25(self, fault: QueryFault) -> str:
        coded = (fault.code, MEANINGS[fault.code], "HL70357")
        told: list[Repetition] = [(*location(place)[:3], coded) for place in fault.places]
        return self._segment("ERR", {1: told or [("", "", "", coded)]})

    def _repeated(self) -> str:
        return "".join(one.encode() + "\r" for one in self.repeated)

    def _segment(self, name: str, fields: dict[int, Field]) -> str:
        return segment(name, fields, self.head.delimiters)

    # --- the whole ---------------------------------------------------------------------------------------------------

    def _profile(self, found: Found) -> Repetition:
        """MSH-21 of CDC's answers: the history, a list of persons, or nobody."""
        if self.name != "Z34":
            return ""
        profile = "Z31" if found.several and found.entries else "Z32" if found.entries else "Z33"
        return profile, "CDCPHINVS"

    def _written(self, lines: Iterable[str], profile: Repetition = "") -> bytes:
        text = "".join(lines)
        codec = codec_for(self.head, text)
        type_, trigger, structure = _KINDS.get(self.name, ("ACK", self.head.trigger, "ACK"))
        kind = (type_, trigger) if is_before(self.head, 2.31) else (type_, trigger, structure)
        first = header(self.head, kind, self.control_id, self.at, codec, profile)
        return encode(first + text, codec)
