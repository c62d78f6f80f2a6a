"""Doses given in a county's clinics, as the CSV its vaccination registry exports."""

from __future__ import annotations

import csv
from datetime import date
from typing import TYPE_CHECKING, Any

from hub import ID_NUMBER_SYSTEM, Adapter, Claim, Message, ParseError, RecordUpdate, Resource, Settings, hookimpl

if TYPE_CHECKING:
    from collections.abc import Iterable

COLUMNS = ["card", "id_number", "name", "sex", "born", "dose", "code", "vaccine", "given", "lot"]
SEXES = {"男": "male", "女": "female", "": None}


class CountySettings(Settings):
    cards: str
    """Identifier system of the vaccination cards, such as ``urn:oid:2.999.7``."""


class CountyVaccination(Adapter[CountySettings]):
    name = "county_vaccination"
    Settings = CountySettings

    def parse(self, message: Message) -> Iterable[RecordUpdate]:
        rows: csv.DictReader[str] | None = None
        try:
            rows = csv.DictReader(message.body.decode("utf-8-sig").splitlines(), strict=True)
            if rows.fieldnames != COLUMNS:
                raise ParseError("the first line must be: {columns}", columns=",".join(COLUMNS), place="line 1")
            return [self._dose(row) for row in rows]
        except (KeyError, TypeError, ValueError, csv.Error):
            line = rows.line_num if rows else 1
            raise ParseError("line {line} is not a dose", line=line, place=f"line {line}") from None

    def _dose(self, row: dict[str, str]) -> RecordUpdate:
        if None in row or not all(row[column] for column in ("card", "dose", "code")):
            raise ValueError
        numbers = [{"system": self.settings.cards, "value": row["card"]}]
        if row["id_number"]:
            numbers.append({"system": ID_NUMBER_SYSTEM, "value": row["id_number"]})
        patient: dict[str, Any] = {"resourceType": "Patient", "identifier": numbers, "name": [{"text": row["name"]}]}
        patient |= {"birthDate": date.fromisoformat(row["born"]).isoformat(), "gender": SEXES[row["sex"]]}
        dose: dict[str, Any] = {"resourceType": "Immunization", "status": "completed", "lotNumber": row["lot"] or None}
        dose["vaccineCode"] = {"coding": [{"code": row["code"], "display": row["vaccine"]}], "text": row["vaccine"]}
        dose |= {"occurrenceDateTime": date.fromisoformat(row["given"]).isoformat()}
        dose["patient"] = {"reference": f"Patient/{row['card']}"}
        return RecordUpdate(Claim(row["card"], patient), (Resource(row["dose"], dose),))


@hookimpl
def register_adapters() -> list[type[CountyVaccination]]:
    return [CountyVaccination]
