"""Staff, places and beds come without a patient; what clinical messages say of them never overrules."""

from __future__ import annotations

import pytest

from hub import Json, ParseError, RecordUpdate
from tests.plugins.hl7.mapping import HEADER, told, updates

M02, M05 = (HEADER.replace("ADT^A08^ADT_A01", f"MFN^{event}") for event in ("M02", "M05"))


def entries(header: str, *segments: str) -> list[RecordUpdate]:
    return updates("\r".join((header, "MFI|PRA||UPD", *segments)))


def own(update: RecordUpdate, kind: str) -> Json:
    """The resource of a type that the entry is about."""
    [found] = [one.body for one in update.resources if one.type == kind and not one.in_passing]
    return found


def test_each_entry_is_an_update_about_nobody() -> None:
    found = entries(M02, "MFE|MAD|1", "STF|D1|D1^^^HOSP|李^大夫", "MFE|MUP|2", "STF|D2|D2^^^HOSP|周^护士")

    assert [one.claim for one in found] == [None, None]
    assert [own(one, "Practitioner")["name"][0]["text"] for one in found] == ["李大夫", "周护士"]


def test_staff_have_the_key_that_clinical_messages_name_them_by() -> None:
    [entry] = entries(M02, "MFE|MAD|1", "STF|D1|D1^^^HOSP|李^大夫||||A|080^心内科^HOSP||||||||||主任医师")
    visit = told("PV1|1|I|||||D1^李^大夫^^^^^^HOSP")

    [named] = [one for one in visit.resources if one.type == "Practitioner"]
    assert named.source_id in {one.source_id for one in entry.resources}
    assert named.in_passing
    role = own(entry, "PractitionerRole")
    assert role["code"] == [{"text": "主任医师"}]
    assert role["organization"]["display"] == "心内科"


@pytest.mark.parametrize(
    ("said", "flag", "active"),
    [
        ("MAD", "", True),
        ("MUP", "I", False),
        ("MAC", "A", True),
        ("MDC", "A", False),
        ("MDL", "", False),
    ],
)
def test_who_is_retired_stays_and_is_not_active(said: str, flag: str, active: bool) -> None:
    [entry] = entries(M02, f"MFE|{said}|1", f"STF|D1|D1^^^HOSP|李^大夫||||{flag}")

    assert own(entry, "Practitioner")["active"] is active


def test_a_place_is_part_of_those_around_it() -> None:
    [entry] = entries(M05, "MFE|MAD|1", "LOC|内科^301^02^HOSP|靠窗|B^病床^HL70260")

    bed = own(entry, "Location")
    assert (bed["name"], bed["description"], bed["status"]) == ("02", "靠窗", "active")
    around = {one.source_id: one.body.get("partOf", {}).get("reference") for one in entry.resources}
    assert around == {
        "HOSP": None,
        "HOSP|内科": "Location/HOSP",
        "HOSP|内科|301": "Location/HOSP|内科",
        "HOSP|内科|301|02": "Location/HOSP|内科|301",
    }


@pytest.mark.parametrize("said", ["MDC", "MDL"])
def test_a_place_given_up_is_inactive(said: str) -> None:
    [entry] = entries(M05, f"MFE|{said}|1", "LOC|内科^301^02^HOSP")

    assert own(entry, "Location")["status"] == "inactive"


@pytest.mark.parametrize(
    ("header", "segments", "place"),
    [
        (M02, ("MFE|MXX|1", "STF|D1"), "MFE-1"),
        (M02, ("MFE|MAD|1", "STF|D1", "MFE||2", "STF|D2"), "MFE(2)-1"),
        (M02, ("MFE|MAD|1",), "STF"),
        (M02, ("MFE|MAD|1", "STF"), "STF-1"),
        (M05, ("MFE|MDL|1|20240301|内科",), "LOC"),
        (M05, ("MFE|MAD|1", "LOC|"), "LOC-1"),
        (M02, (), "MFE"),
    ],
)
def test_an_entry_that_says_too_little_is_parked(header: str, segments: tuple[str, ...], place: str) -> None:
    with pytest.raises(ParseError) as caught:
        entries(header, *segments)

    assert caught.value.place == place


def test_a_bed_tells_how_it_stands_without_a_patient() -> None:
    [found] = updates(HEADER.replace("A08^ADT_A01", "A20") + "\rEVN|A20|20240301080000\rNPU|内科^301^02^HOSP|K")

    assert found.claim is None
    assert own(found, "Location")["operationalStatus"]["code"] == "K"
