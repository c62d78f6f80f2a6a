"""What a message is, whom it is about, when it was recorded, and what it is never guessed to be."""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime, timedelta, timezone

import pytest

from hub import Merge, ParseError, UnsupportedMessage
from plugins.hl7.events import EVENTS
from tests.plugins.hl7.mapping import HEADER, ID, Feed, body, told, updates

CHINA = timezone(timedelta(hours=8))
A40 = HEADER.replace("A08^ADT_A01", "A40^ADT_A39")


def test_a_message_without_type_is_parked() -> None:
    with pytest.raises(ParseError) as caught:
        updates(HEADER.replace("ADT^A08^ADT_A01", "") + "\rPID|1||M1")

    assert caught.value.place == "MSH-9"


def test_a_message_of_a_type_we_do_not_use_is_skipped() -> None:
    with pytest.raises(UnsupportedMessage) as caught:
        updates(HEADER.replace("ADT^A08", "ZZZ^Z99") + "\rPID|1||M1")

    assert "ZZZ^Z99" in str(caught.value)


def test_a_message_about_nobody_is_parked() -> None:
    with pytest.raises(ParseError) as caught:
        updates(HEADER + "\rPV1|1|I")

    assert caught.value.place == "PID"


@pytest.mark.parametrize("person", ["PID", "PID|", "PID|||||||", "PID|1", 'PID|1||^^^&~^ |""'])
def test_a_person_of_whom_nothing_is_said_is_nobody(person: str) -> None:
    with pytest.raises(ParseError) as caught:
        updates(f"{HEADER}\r{person}\rPV1|1|I")

    assert caught.value.place == "PID"
    assert "about nobody" in str(caught.value)


@pytest.mark.parametrize(
    "segments",
    [
        ("PID|1||M1^^^HOSP", "PV1|1|I", "PID|"),
        ("PID|1||M1^^^HOSP", "PV1|1|I", 'PID|2||""', "PID|3", "BTS|1"),
        ("PID|", "PID|1||M1^^^HOSP", "PV1|1|I"),
    ],
)
def test_a_person_of_whom_nothing_is_said_is_no_second_one(segments: tuple[str, ...]) -> None:
    found = updates("\r".join((HEADER, *segments)))

    assert found == updates(f"{HEADER}\rPID|1||M1^^^HOSP\rPV1|1|I")
    assert len(found) == 1


def test_what_follows_a_person_of_whom_nothing_is_said_is_given_to_nobody_else() -> None:
    with pytest.raises(ParseError) as caught:
        updates(f"{HEADER}\rPID|1||M1^^^HOSP\rPID|2\rAL1|1||青霉素")

    assert caught.value.place == "PID"


@pytest.mark.parametrize(("kind", "trigger"), sorted(EVENTS))
def test_every_event_of_the_table_is_read(kind: str, trigger: str) -> None:
    event = EVENTS[kind, trigger]
    header = HEADER.replace("ADT^A08^ADT_A01", f"{kind}^{trigger}")
    visit = "PV1|1|I|||||||||||||||||V1|||||||||||||||||||||||||||||||V2"
    segments = ["PID|1||M1|||||||||||||||A1", "SCH|1|2|||||||30|min|^^^20240301090000", "MRG|M2||A2|M2|V3|V4", visit]
    if event.pairs:
        segments += ["PID|2||M3", visit]
    if event.about in {"staff", "places"}:
        segments = ["MFE|MAD|1|20240301|1001", "STF|1001" if event.about == "staff" else "LOC|内科"]
    found = updates("\r".join([header, *segments]))

    assert (found[0].claim is None) == (event.about in {"staff", "places"})


@pytest.mark.parametrize(("kind", "event"), [("ADT", "EVN|A04"), ("ORU", "NTE|1||x"), ("VXU", "NTE|1||x")])
def test_an_old_message_names_its_trigger_elsewhere_or_not_at_all(kind: str, event: str) -> None:
    assert told(event, header=HEADER.replace("ADT^A08^ADT_A01", kind)).claim is not None


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ("990101199003070015^^^^NNCHN~M1^^^HOSP^MR", "urn:oid:2.999.1|M1"),
        ("C1^^^CARD^HC~M1^^^HOSP^PI", "urn:oid:2.999.1|M1"),
        ("P1^^^HOSP^PI~M1^^^HOSP^MR", "urn:oid:2.999.1|M1"),
        ("990101199003070015^^^^01", f"{ID}|990101199003070015"),
        ("M1", "urn:hub:hospital|M1"),
        ("M1^^^LAB", "urn:hub:hospital:LAB|M1"),
        ("M1^^^LAB&1.2.3&ISO", "urn:oid:1.2.3|M1"),
        ("M1^^^&http://lab.example&URI", "http://lab.example|M1"),
        ('""', ""),
    ],
)
def test_a_claim_is_keyed_by_the_senders_own_number(numbers: str, expected: str) -> None:
    claim = told(f"PID|1||{numbers}||王伟").claim

    assert claim is not None
    assert claim.source_id == expected


def test_without_pid_3_older_fields_number_the_person() -> None:
    second, fourth = told("PID|1|A7").claim, told("PID|1|||A8^^^HOSP").claim

    assert second is not None
    assert fourth is not None
    assert (second.source_id, fourth.source_id) == ("urn:hub:hospital|A7", "urn:oid:2.999.1|A8")


@pytest.mark.parametrize(
    ("event", "sent", "expected"),
    [
        ("20240301075900", "20240301080000", datetime(2024, 3, 1, 7, 59, tzinfo=CHINA)),
        ("202403010759", "20240301080000", datetime(2024, 3, 1, 7, 59, tzinfo=CHINA)),
        ("20240301", "20240301080000", datetime(2024, 3, 1, 8, 0, tzinfo=CHINA)),
        ("20240231075900", "20240301080000", datetime(2024, 3, 1, 8, 0, tzinfo=CHINA)),
        ("", "20240301080000.5+0000", datetime(2024, 3, 1, 16, 0, 0, 500000, tzinfo=CHINA)),
        ("", "20240301", None),
    ],
)
def test_it_is_recorded_when_the_event_was_if_that_is_told_to_the_minute(
    event: str, sent: str, expected: datetime | None
) -> None:
    header = HEADER.replace("20240301080000", sent)

    assert told(f"EVN|A08|{event}", header=header).recorded_at == expected


def test_a_merge_retires_the_number_in_mrg_in_favour_of_pid() -> None:
    found = updates(f"{A40}\rPID|1||M1^^^HOSP\rMRG|M2^^^HOSP\rPID|2||M3^^^HOSP\rMRG|M4^^^HOSP")

    pairs = [
        (one.claim.source_id, event.retired.source_id)
        for one in found
        for event in one.events
        if one.claim and isinstance(event, Merge)
    ]
    assert pairs == [("urn:oid:2.999.1|M1", "urn:oid:2.999.1|M2"), ("urn:oid:2.999.1|M3", "urn:oid:2.999.1|M4")]


def test_a_number_is_not_merged_with_itself() -> None:
    assert told("PID|1||M1^^^HOSP", "MRG|M1^^^HOSP", header=A40).events == ()


@pytest.mark.parametrize(
    "segments",
    [
        (),
        ("MRG",),
        ("MRG|",),
        ('MRG|""',),
        ("MRG|^^^HOSP",),
        ("MRG|||||||王^伟",),
        ("MRG|M2^^^HOSP", "MRG|"),
        ("MRG|M2^^^HOSP", "PID|2||M3^^^HOSP"),
    ],
)
def test_a_merge_that_names_no_number_to_retire_is_parked(segments: tuple[str, ...]) -> None:
    with pytest.raises(ParseError) as caught:
        updates("\r".join((A40, "PID|1||M1^^^HOSP", *segments)))

    assert caught.value.place == "MRG-1"


def test_of_two_retired_numbers_each_keeps_what_is_said_of_it() -> None:
    events = told("PID|1||M1^^^HOSP", "MRG|M2^^^HOSP||||||王^伟", "MRG|M3^^^HOSP||||||李^强", header=A40).events

    merges = [event for event in events if isinstance(event, Merge)]
    assert [(event.retired.source_id, event.retired.names[0].text) for event in merges] == [
        ("urn:oid:2.999.1|M2", "王伟"),
        ("urn:oid:2.999.1|M3", "李强"),
    ]


@pytest.mark.parametrize("name", ["王\0伟", r"王\X00\伟"])
def test_control_characters_are_shown_for_fhir_has_none(name: str) -> None:
    update = told(f"PID|1||M1||{name}", f"AL1|1||{name}")

    assert update.claim is not None
    assert update.claim.names[0].text == "王\ufffd伟"
    assert [one.source_id for one in update.resources] == ["urn:hub:hospital|M1|王\ufffd伟"]


def test_a_control_character_behind_the_senders_own_escape_is_shown_too() -> None:
    assert told("PID|1||M1||王!X00!伟", header=HEADER.replace("\\", "!")).claim == told("PID|1||M1||王\ufffd伟").claim


def test_a_field_of_separators_alone_says_nothing() -> None:
    assert told("PID|1||M1||~~", "NK1|1|~", "OBX|1|~~|~|~|~|~").claim is not None


@pytest.mark.parametrize(
    ("segment", "kind", "element"),
    [
        ('OBX|1|ST|""||x', "Observation", "code"),
        ('PR1|1||""', "Procedure", "code"),
        ('PV1|1|""|||||||||||||||||V1', "Encounter", "class"),
    ],
)
def test_what_fhir_demands_is_not_deleted(segment: str, kind: str, element: str) -> None:
    assert body(told(segment), kind)[element]


def test_mrg_means_nothing_outside_a_merge() -> None:
    assert told("MRG|M2^^^HOSP").events == ()


def test_segments_may_stand_anywhere() -> None:
    found = told("DG1|1||J18^肺炎^I10", "PV1|1|I|||||||||||||||||V1^^^VISIT", "PID|1||M1^^^HOSP")

    condition = body(found, "Condition")
    assert condition["encounter"] == {"reference": "Encounter/urn:oid:2.999.2|V1"}
    assert condition["subject"] == {"reference": "Patient/urn:oid:2.999.1|M1"}


def test_a_result_overrules_nothing_that_is_known_of_the_visit() -> None:
    header = HEADER.replace("ADT^A08^ADT_A01", "ORU^R01")
    [results] = updates(f"{header}\rPID|1||M1^^^HOSP\rPV1|1|I|||||||||||||||||V1^^^VISIT\rOBR|1||F1|X\rOBX|1|ST|A||b")

    assert {one.type for one in results.resources if not one.in_passing} == {
        "ServiceRequest",
        "DiagnosticReport",
        "Observation",
    }
    assert [one.type for one in results.resources if one.in_passing] == ["Encounter"]


@pytest.mark.parametrize(
    "number", ["990101199003070015", "９９０１０１１９９００３０７００１５", "990101 19900307 0015"]
)
def test_a_residents_number_is_tidied_and_found_in_pid_19(number: str) -> None:
    claim = told(f"PID|1||M1^^^HOSP||王伟||||||||||||||{number}").claim

    assert claim is not None
    assert [(one.system, one.value) for one in claim.identifiers] == [
        ("urn:oid:2.999.1", "M1"),
        (ID, "990101199003070015"),
    ]


def test_a_small_x_in_a_number_becomes_large() -> None:
    claim = told("PID|1||99010119900307001x^^^^NNCHN").claim

    assert claim is not None
    assert claim.identifiers[0].value == "99010119900307001X"


def test_what_is_no_residents_number_in_pid_19_gets_a_system_of_its_own() -> None:
    claim = told("PID|1||M1^^^HOSP||||||||||||||||S-12345").claim

    assert claim is not None
    assert (claim.identifiers[1].system, claim.identifiers[1].value) == ("urn:hub:hospital:SS", "S-12345")


CODED = ("OBR|1||F1|X^血常规^LN", "OBX|1|CWE|718-7^血红蛋白^LN||H^高^L|g/L^^UCUM|||||F")


def test_a_code_seen_before_is_handed_out_as_a_copy_of_its_own() -> None:
    first, second = body(told(*CODED), "Observation"), body(told(*CODED), "Observation")
    before = deepcopy(second)

    first["code"]["coding"].clear()
    first["valueCodeableConcept"]["text"] = "another"

    assert second == before == body(told(*CODED), "Observation")


def test_a_code_means_in_each_feed_what_its_settings_say() -> None:
    message = "\r".join((HEADER, "PID|1||M1^^^HOSP", *CODED))
    systems = [
        body(updates(message, Feed(systems={"L": system}))[0], "Observation")["valueCodeableConcept"]["coding"][0][
            "system"
        ]
        for system in ("urn:oid:2.999.7", "urn:oid:2.999.8")
    ]

    assert systems == ["urn:oid:2.999.7", "urn:oid:2.999.8"]


def test_a_code_is_read_by_the_delimiters_of_its_own_message() -> None:
    told_so = body(told(*CODED), "Observation")["code"]["coding"][0]["code"]
    other = HEADER.replace(r"^~\&", r"$~\&").replace("ADT^A08^ADT_A01", "ADT$A08$ADT_A01")
    read_otherwise = body(told(*CODED, header=other), "Observation")["code"]["coding"][0]["code"]

    assert (told_so, read_otherwise) == ("718-7", "718-7^血红蛋白^LN")


@pytest.mark.parametrize("kind", ["ADT", "ADT^^ADT_A01", 'ADT^""', "SIU"])
def test_a_message_that_does_not_say_what_happened_is_parked(kind: str) -> None:
    with pytest.raises(ParseError, match="trigger") as caught:
        updates(HEADER.replace("ADT^A08^ADT_A01", kind) + "\rPID|1||M1")

    assert caught.value.place == "MSH-9"


def test_a_type_that_is_none_is_not_repeated() -> None:
    with pytest.raises(UnsupportedMessage) as caught:
        updates(HEADER.replace("ADT^A08", "王伟^990101") + "\rPID|1||M1")

    assert "王" not in str(caught.value)
