"""Reads the cases beside it: what is sent, what is answered, what becomes of it and what of it must be found.

A family has a message with places (``…``) that each of its cases fills. A case is a name, a filling (a list where
there are several places; the five delimiters where they are what differs), what happens, and what must be found then:

- ``AA applied``, ``AA skipped``, ``AA parked PID-7`` (the place told), ``AE encoding PID-5``, ``AR no_header MSH``
- ``Patient.birthDate=1990-03-07``: an element has this value; without a value it is not there
- ``notes.encoding=gb18030``: what the journal notes of the message
- ``asked.sex=7``: a person is asked what this code of a map means
- ``!text``: no value holds this text; any other text: some value does

Where a family has ``places``, each is a part of the message with a ``¤`` for the filling of each case.

``KEY`` and ``PAT`` become a control id and a patient number of the case's own. Lines end with CR; a last one is added
unless the message ends with ``∎``. ``␍`` ``␊`` ``␀`` and the like are the control characters they picture,
``‹FF FE›`` are bytes, ``‹U+200B›`` is a character nobody would see, ``⟦gb18030:王⟧`` is text in another encoding, and
``⟨NTE|1␍ × 3⟩`` is said three times.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
_PICTURED = {ord(char): chr(ord(char) - 0x2400) for char in map(chr, range(0x2400, 0x2420))}
_REPEATED = re.compile(r"⟨(.*?) × ([0-9]+)⟩", re.DOTALL)
_UNSEEN = re.compile(r"‹U\+([0-9A-F]+)›")
_RAW = re.compile(r"‹([0-9A-F ]+)›|⟦([a-z0-9_-]+):(.*?)⟧", re.DOTALL)


@dataclass(frozen=True)
class Case:
    family: str
    name: str
    sent: bytes
    key: str
    patient: str
    answer: str
    """MSA-1."""
    code: str
    """Why it is refused; what becomes of it otherwise: applied, skipped, parked."""
    place: str
    found: tuple[str, ...]

    @property
    def is_refused(self) -> bool:
        return self.answer != "AA"


def cases(*files: str) -> list[Case]:
    found: list[Case] = []
    for file in files:
        for family in tomllib.loads((HERE / file).read_text(encoding="utf-8"))["family"]:
            for name, message, happens, expected in _told(family):
                answer, code, *place = happens.split()
                number = len(found) + 1
                key, patient = f"{file[:2].upper()}{number}", f"P{number}"
                own = [one.replace("PAT", patient).replace("KEY", key) for one in (message, *expected)]
                sent = as_bytes(own[0], family.get("encoding", "utf-8"))
                found.append(
                    Case(family["about"], name, sent, key, patient, answer, code, "".join(place), tuple(own[1:]))
                )
    return found


def _told(family: dict[str, Any]) -> Iterator[tuple[str, str, str, list[str]]]:
    """Each case of a family: name, message, what happens, what must be found."""
    for name, filling, happens, *expected in family["cases"]:
        if "places" not in family:
            yield name, _written(family, filling), happens, expected
        for where, fillings, *there in family.get("places", ()):
            message = _filled(family["message"], fillings).replace("¤", filling)
            yield f"{where}, {name}", message, happens, [one.replace("¤", filling) for one in (*there, *expected)]


def _written(family: dict[str, Any], filling: str | list[str]) -> str:
    if isinstance(filling, str) and family.get("delimiters"):
        return str(family["message"]).strip("\n").translate(str.maketrans("|^~\\&", filling))
    return _filled(family.get("message", "…"), filling)


def _filled(message: str, filling: str | list[str]) -> str:
    given = [filling] if isinstance(filling, str) else filling
    parts = message.strip("\n").split("…")
    assert len(parts) == len(given) + 1, f"{len(parts) - 1} places, {given}"
    return "".join(part + text for part, text in zip(parts, [*given, ""], strict=True))


def as_bytes(text: str, encoding: str = "utf-8") -> bytes:
    """What goes over the wire."""
    text = text.replace("\n", "\r")
    text = text.removesuffix("∎") if text.endswith("∎") else text + "\r"
    text = _REPEATED.sub(lambda found: found[1] * int(found[2]), text)
    text = _UNSEEN.sub(lambda found: chr(int(found[1], 16)), text)
    body, at = b"", 0
    for found in _RAW.finditer(text):
        body += _pictured(text[at : found.start()]).encode(encoding)
        body += bytes.fromhex(found[1]) if found[1] else _pictured(found[3]).encode(found[2])
        at = found.end()
    return body + _pictured(text[at:]).encode(encoding)


def _pictured(text: str) -> str:
    return text.translate(_PICTURED)
