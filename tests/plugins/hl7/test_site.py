"""A site's own rows: a few lines of its feed's file change where a field goes, how it is read and what is asked."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from hub import Code, CodeMaps, FieldFate, Json, Message, RecordUpdate, Unmapped, UnsupportedMessage
from plugins.hl7.adapter import HL7
from plugins.hl7.codes import CHOICES, NAMES, table
from plugins.hl7.habits import ASKED
from plugins.hl7.settings import HL7Settings

HEADER = r"MSH|^~\&|HIS|H|HUB|C|20240301080000||ADT^A08|K1|P|2.5.1"
PERSON = "PID|1||M1^^^HOSP||Zhang^San"
RH = "urn:oid:2.16.156.10011.2.3.1.250"
NORM = {"1": Code(RH, "1", "Rh阴性"), "2": Code(RH, "2", "Rh阳性"), "3": Code(RH, "3", "不详")}
VENDOR = {"1": Code(RH, "2", "Rh阳性"), "2": Code(RH, "1", "Rh阴性"), "3": Code(RH, "3", "不详")}


def adapter(*fields: Mapping[str, str], codes: CodeMaps | None = None, **settings: Any) -> HL7:
    said = HL7Settings.model_validate({"listen": "127.0.0.1:0", "fields": fields, **settings})
    return HL7("hospital", said, codes or {})


def message(*segments: str, header: str = HEADER) -> Message:
    text = "\r".join((header, *segments))
    return Message(1, "hospital", "K1", text.encode(), datetime(2024, 3, 1, tzinfo=UTC))


def told(feed: HL7, *segments: str, header: str = HEADER) -> RecordUpdate:
    (update,) = feed.parse(message(*segments, header=header))
    return update


def patient(feed: HL7, *segments: str) -> Json:
    claim = told(feed, *segments).claim
    assert claim
    return claim.patient


def fate(feed: HL7, place: str, *segments: str) -> FieldFate:
    return next(one for one in feed.explain(message(*segments)) if one.place == place)


def test_a_field_of_a_segment_only_the_site_knows_goes_where_it_says() -> None:
    row = {"field": "ZPI-3", "name": "健康档案号", "to": "Patient.identifier", "as": "identifier", "system": "urn:x:7"}
    feed = adapter(row)
    assert {"system": "urn:x:7", "value": "371"} in patient(feed, PERSON, "ZPI|1|other|371")["identifier"]
    assert fate(feed, "ZPI-3", PERSON, "ZPI|1|other|371").name == "健康档案号"
    assert fate(feed, "ZPI-3", PERSON, "ZPI|1|other|371").detail == "Patient.identifier"
    assert fate(feed, "ZPI-2", PERSON, "ZPI|1|other|371").fate == "kept"
    assert adapter().habits.rooms == {}


def test_a_number_without_an_authority_is_of_the_one_the_site_names() -> None:
    feed = adapter(authority="HOSP", systems={"HOSP": "urn:oid:2.999.1"})
    assert patient(feed, "PID|1||M1")["identifier"] == [{"system": "urn:oid:2.999.1", "value": "M1"}]


def test_a_national_number_is_found_where_the_vendor_puts_it() -> None:
    found = patient(adapter({"field": "PID-2", "as": "national_id"}), "PID|1|990101199003070015|M1")["identifier"]
    assert ("urn:oid:2.16.156.10011.1.3", "990101199003070015") in [(one["system"], one["value"]) for one in found]


def test_a_field_that_is_ignored_says_why() -> None:
    feed = adapter({"field": "PV1-18", "ignore": "internal number of the HIS"})
    found = fate(feed, "PV1-18", PERSON, "PV1|1|I" + "|" * 16 + "XX|V1")
    assert (found.fate, found.detail) == ("ignored", "internal number of the HIS")


def test_a_message_of_the_sites_own_kind_is_read_as_what_it_means() -> None:
    header = HEADER.replace("A08", "Z01")
    assert told(adapter(events={"ADT^Z01": "ADT^A08"}), PERSON, header=header).claim
    with pytest.raises(UnsupportedMessage):
        told(adapter(), PERSON, header=header)


@pytest.mark.parametrize(("codes", "meaning"), [(NORM, "Rh阴性"), (VENDOR, "Rh阳性")], ids=["norm form", "vendor"])
def test_the_same_rh_code_of_two_sources_means_what_each_says(codes: Mapping[str, Code], meaning: str) -> None:
    row = {"field": "ZBL-2", "to": "Patient.extension", "url": "urn:x:rh", "codes": "rh"}
    (found,) = patient(adapter(row, codes={"rh": codes}), PERSON, "ZBL||1")["extension"]
    standard, local = found["valueCodeableConcept"]["coding"]
    assert (standard["display"], local) == (meaning, {"code": "1"})


def test_the_same_education_code_of_two_sources_means_what_each_says() -> None:
    row = {"field": "ZED-1", "to": "Patient.extension", "url": "urn:x:education", "codes": "education"}
    form, vendor = ({"1": Code("urn:x:4658", code)} for code in ("10", "90"))
    for codes, meant in ((form, "10"), (vendor, "90")):
        (found,) = patient(adapter(row, codes={"education": codes}), PERSON, "ZED|1")["extension"]
        assert found["valueCodeableConcept"]["coding"][0]["code"] == meant


def test_a_code_the_sources_own_map_lacks_is_asked_about_and_not_guessed() -> None:
    row = {"field": "ZBL-2", "to": "Patient.extension", "url": "urn:x:rh", "codes": "rh"}
    update = told(adapter(row, codes={"rh": NORM}), PERSON, "ZBL||9^unclear^HIS")
    assert update.unmapped == (Unmapped("rh", "9", "HIS", "unclear", "ZBL-2"),)
    assert update.claim
    (found,) = update.claim.patient["extension"]
    assert [one["code"] for one in found["valueCodeableConcept"]["coding"]] == ["9"]


def test_a_coded_field_is_read_by_another_map() -> None:
    own = {"sex_his": {"A": Code("", "male"), "HIS|B": Code("", "female"), "T": Code("", "")}}
    feed = adapter({"field": "PID-8", "codes": "sex_his"}, codes=own)
    assert [patient(feed, f"{PERSON}|||{code}").get("gender") for code in ("A", "B^x^HIS", "B", "M", "T")] == [
        "male", "female", None, None, None
    ]  # fmt: skip
    asked = [told(feed, f"{PERSON}|||{code}").unmapped for code in ("A", "B^x^HIS", "B", "M", "T")]
    assert [[one.code for one in found] for found in asked] == [[], [], ["B"], ["M"], []]


def test_a_visits_class_is_read_by_another_map() -> None:
    act = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
    feed = adapter({"field": "PV1-2", "codes": "patient_type"}, codes={"patient_type": {"3": Code(act, "IMP")}})
    (visit,) = [one.body for one in told(feed, PERSON, "PV1|1|3" + "|" * 17 + "V1").resources]
    assert (visit["class"]["code"], visit["status"]) == ("IMP", "in-progress")
    (visit,) = [one.body for one in told(feed, PERSON, "PV1|1|I" + "|" * 17 + "V1").resources]
    assert (visit["class"], visit["status"]) == ({"code": "I"}, "unknown")


def test_a_kept_code_gets_the_standard_one_beside_it() -> None:
    feed = adapter({"field": "PID-10", "codes": "nation"}, codes={"nation": {"02": Code("urn:x:3304", "02", "蒙古族")}})
    (found,) = patient(feed, f"{PERSON}|||||02")["extension"]
    assert found["valueCodeableConcept"]["coding"][0] == {"system": "urn:x:3304", "code": "02", "display": "蒙古族"}


def test_an_answer_changes_what_a_running_feed_reads_and_remembers() -> None:
    feed = adapter(codes={"marital": {"5": Code("urn:x", "S")}})
    line = f"{PERSON}|||||||||||5"
    assert patient(feed, line)["maritalStatus"]["coding"][0]["code"] == "S"
    feed.codes = {"marital": {"5": Code("urn:x", "W")}}
    assert patient(feed, line)["maritalStatus"]["coding"][0]["code"] == "W"


def test_a_map_is_only_asked_about_where_it_is_in_force() -> None:
    line = f"{PERSON}|||||||||||5"
    assert told(adapter(), line).unmapped == ()
    assert [one.map for one in told(adapter(codes={"marital": {}}), line).unmapped] == ["marital"]
    assert [one.map for one in told(adapter(), f"{PERSON}|||7").unmapped] == ["sex"]


@pytest.mark.parametrize(
    ("row", "key", "reason"),
    [
        ({"field": "pid-8"}, "field", "name a segment"),
        ({"field": "MSH-8", "ignore": "x"}, "field", "MSH cannot be changed"),
        ({"field": "ZPI-1"}, "to", "where does ZPI-1 go"),
        ({"field": "ZPI-1", "to": "Patient.identifer"}, "to", "did you mean Patient.identifier"),
        ({"field": "ZPI-1", "to": "Observation.identifier", "as": "identifier"}, "to", "only of Patient, Encounter"),
        ({"field": "ZPI-1", "to": "Patient.identifier", "as": "dat"}, "as", "dat is not known"),
        ({"field": "ZPI-1", "to": "Patient.identifier", "as": "date"}, "as", "one of identifier, national_id"),
        ({"field": "ZPI-1", "to": "Patient.gender", "as": "code"}, "codes", "takes only a few codes"),
        ({"field": "ZPI-1", "to": "Patient.extension"}, "url", "needs a url"),
        ({"field": "PID-5", "codes": "sex"}, "codes", "PID-5 is not read as a code"),
        ({"field": "PID-8", "codes": "Sex"}, "codes", "named in a-z"),
    ],
)
def test_a_row_that_cannot_be_is_named_with_its_key(row: dict[str, str], key: str, reason: str) -> None:
    with pytest.raises(ValidationError) as raised:
        adapter(row)
    (found,) = raised.value.errors()
    error = found["ctx"]["error"]
    assert (error.args[1:] or found["loc"][-1:])[-1] == key
    assert reason in str(error.args[0])


def test_the_example_of_the_page_does_what_the_page_says() -> None:
    page = (Path(__file__).parents[3] / "docs" / "reference" / "site-rows.md").read_text()
    written, text, expected = (
        re.findall(rf"^```{kind}\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)[0] for kind in ("toml", "hl7", "fates")
    )
    settings = HL7Settings.model_validate(tomllib.loads(written)["settings"])
    codes = {"nation": {"02": Code("urn:x:3304", "02")}, "rh_form": NORM}
    feed = HL7("hospital", settings, codes)
    said = Message(1, "hospital", "K1", text.encode(), datetime(2024, 3, 1, tzinfo=UTC))
    found = {one.place: f"{one.place} {one.fate} {one.detail}" for one in feed.explain(said)}
    assert [found[line.split()[0]] for line in expected.splitlines()] == expected.splitlines()
    (update,) = feed.parse(said)
    assert update.unmapped == ()


def test_what_is_asked_about_is_what_a_row_is_found_by() -> None:
    line = f"{PERSON}|||A  B"
    (asked,) = told(adapter(), line).unmapped
    assert patient(adapter(codes={"sex": {asked.code: Code("", "male")}}), line)["gender"] == "male"
    assert patient(adapter(), f"{PERSON}|||7^x^HIS^F^Female^HL70001")["gender"] == "female"


def test_our_own_maps_lead_to_what_fhir_allows() -> None:
    for name, allowed in CHOICES.items():
        assert {code.code for code in table(name).values()} <= allowed, name
    assert ASKED <= NAMES


def test_a_contacts_role_is_no_relationship_and_is_not_asked_about() -> None:
    feed = adapter(codes={"relationship": {"51": Code("urn:x", "FTH")}})
    assert told(feed, PERSON, "NK1|1|Li^Si|51||||O").unmapped == ()
    assert [one.place for one in told(feed, PERSON, "NK1|1|Li^Si|77||||O").unmapped] == ["NK1-3"]
