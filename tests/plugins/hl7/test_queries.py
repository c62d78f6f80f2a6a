"""Who is it, and which numbers has he: PDQ, PIX and A19, answered from the record."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from hl7apy.parser import parse_message
from hl7apy.validation import Validator
from hypothesis import strategies as st

from hub import Json, Text
from plugins.hl7.adapter import HL7
from tests.plugins.hl7.asking import Answered, Site, header, settings, site
from tests.plugins.hl7.mapping import body, updates

NATIONAL = "990101199003070015"
ZHANG = f"M1^^^HOSP^MR~{NATIONAL}^^^^NNCHN"
Q22, Q23, Q21, ZV1 = (f"QBP^{trigger}^QBP_Q21" for trigger in ("Q22", "Q23", "Q21", "ZV1"))
ADMISSION = (Path(__file__).parent / "samples" / "admission-in-full.hl7").read_bytes().decode().replace("\n", "\r")
PATIENT = "|||青羊区一号^^成都^四川^610000^CHN^H||13800000001"


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Zhang, whom a hospital and a clinic know; Zhang's namesake; Li, who is dead; a visit of Zhang."""
    with site(tmp_path_factory.mktemp("queries")) as found:
        found.person(ZHANG, "张^三丰", "19900307", "M", more=PATIENT)
        found.person(f"C9^^^CLINIC^MR~{NATIONAL}^^^^NNCHN", "张^三丰", "19900307", "M", feed="clinic")
        found.person("M2^^^HOSP^MR", "张^三", "19910401", "F")
        found.person("C3^^^CLINIC^MR", "李^四", "19500101", "M", feed="clinic", more="|" * 20 + "|20240201|Y")
        found.tell(
            f"{header('ADT^A01', key='V1')}\rPID|1||M1^^^HOSP^MR\r"
            "PV1|1|I|W1^R1^B1^HOSP||||D1^何^医生^^^^^^HOSP" + "|" * 12 + "V1^^^VISIT^VN" + "|" * 25 + "20240301080000\r"
        )
        yield found


def candidates(asked: Site, parameters: str, more: str = "", *lines: str, **queries: Any) -> Answered:
    return asked.ask(header(Q22), f"QPD|IHE PDQ Query|T1|{parameters}{more}", *lines, **queries)


# --- who is it -------------------------------------------------------------------------------------------------------


def test_a_candidate_is_told_with_all_numbers_of_all_who_know_him(asked: Site) -> None:
    found = candidates(asked, f"@PID.3.1^{NATIONAL}")

    assert found.says == ("AA", "OK")
    assert found.get("MSH", 9) + found.get("MSH", 9, 2) + found.get("MSH", 9, 3) == "RSPK22RSP_K21"
    assert found.raws("PID", 3) == [
        "M1^^^HOSP&2.999.1&ISO^MR~C9^^^CLINIC&2.999.3&ISO^MR~990101199003070015^^^&2.16.156.10011.1.3&ISO^NNCHN"
    ]
    assert (found.get("PID", 5, 1), found.get("PID", 5, 2), found.get("PID", 7)) == ("张", "三丰", "19900307")
    assert found.raws("PID", 11) == ["青羊区一号^^成都^四川^610000^CHN^H"]


def test_an_answer_repeats_the_question_and_counts(asked: Site) -> None:
    found = candidates(asked, "@PID.5.1^张", "|||||^^^HOSP")

    assert found.raws("QPD", 3) + found.raws("QPD", 8) == ["@PID.5.1^张", "^^^HOSP"]
    assert [found.get("QAK", at) for at in range(1, 7)] == ["T1", "OK", "IHE PDQ Query", "2", "2", "0"]
    assert found.get("MSA", 2) == "Q1"


@pytest.mark.parametrize(
    ("parameters", "numbers"),
    [
        ("@PID.5.1^张", {"M1", "M2"}), ("@PID.5.1^张~@PID.5.2^三丰", {"M1"}), ("@PID.5^张三丰", {"M1"}),
        ("@PID.5.1^ZHANG~@PID.5.2^张三丰", {"M1"}), ("@PID.5.1^张~@PID.7^19910401", {"M2"}),
        ("@PID.5.1^张~@PID.8^M", {"M1"}),
        ("@PID.5.1^张~@PID.8^女", {"M2"}), ("@PID.13.1^138 0000 0001", {"M1"}), ("@PID.11.3^成都", {"M1"}),
        ("@PID.11.1^青羊区一号~@PID.11.5^610000", {"M1"}), ("@PID.3.1^M2~@PID.3.4.1^HOSP", {"M2"}),
        ("@PID.3.1^M2~@PID.3.4.2^2.999.1~@PID.3.4.3^ISO", {"M2"}), ("@PID.3^M2^^^HOSP", {"M2"}),
        (f"@PID.3.1^{NATIONAL}~@PID.3.5^NNCHN", {"M1"}), (f"@PID.19^{NATIONAL}", {"M1"}), ("@PID.18.1^V1", {"M1"}),
        ("@PID.5.1^李~@PID.30^Y", {"C3"}),
        ("@PID.5.1^李~@PID.30^N", set()), ("PID-7^1990", {"M1"}),
        ("@PID.3.1^M2~@PID.3.4^CLINIC", set()), ("@PID.5.1^王", set()),
        ("@PID.5.1^张,三", set()), ("@PID.13.1^13800000001~@PID.14.1^13900000009", set()),
        ("@PID.3^M2^^^HOSP&2.999.1&ISO", {"M2"}),
    ],
)  # fmt: skip
def test_what_can_be_asked_for(asked: Site, parameters: str, numbers: set[str]) -> None:
    found = candidates(asked, parameters)

    assert {one.partition("^")[0] for one in found.raws("PID", 3)} == numbers
    assert found.says == ("AA", "OK" if numbers else "NF")


def test_the_dead_are_told_to_be_dead(asked: Site) -> None:
    found = candidates(asked, "@PID.5.1^李")

    assert (found.get("PID", 29), found.get("PID", 30)) == ("20240201", "Y")


def test_only_numbers_of_the_domains_asked_for_come_in_their_order(asked: Site) -> None:
    found = candidates(asked, f"@PID.3.1^{NATIONAL}", "|||||^^^CLINIC~^^^HOSP")

    assert [one.partition("^")[0] for one in found.raws("PID", 3)[0].split("~")] == ["C9", "M1"]


@pytest.mark.parametrize(
    ("line", "place", "code"),
    [
        ("QPD|IHE PDQ Query|T1|@PID.5.1^张|||||^^^HOSP~^^^NOBODY", "QPD^1^8^2", "204"),
        ("QPD|IHE PDQ Query|T1|@PID.3.1^1~@PID.3.4^NOBODY", "QPD^1^3^2^2", "204"),
        ("QPD|IHE PDQ Query|T1|", "QPD^1^3", "101"),
        ("QPD|IHE PDQ Query|T1|@PID.5.1^", "QPD^1^3", "101"),
        ("QPD|IHE PDQ Query|T1|@PID.5.1^*", "QPD^1^3", "101"),
        ("QPD|IHE PDQ Query|T1|@PID.3.4^HOSP", "QPD^1^3^1^2", "101"),
        ("QPD|IHE PDQ Query|T1|张三", "QPD^1^3^1^1", "102"),
        ("QPD|IHE PDQ Query|T1|@PID.7^1990-13", "QPD^1^3^1^2", "102"),
        ("QPD|IHE PDQ Query|T1|@PID.8^X", "QPD^1^3^1^2", "103"),
        ("QPD|IHE PDQ Query|T1|@PID.10^X", "QPD^1^3^1^1", "103"),
        ("QPD|IHE PDQ Query|T1|@PID.8^M~@PID.30^N", "QPD^1^3", "101"),
        ("QPD|IHE PDQ Query|T1|@PV1.19^X", "QPD^1^3^1^1", "103"),
        *(
            (f"QPD|IHE PDQ Query|T1|@PID.5.1^张~@PID.{one}^x", "QPD^1^3^2^1", "103")
            for one in ("5.3", "5.7", "5.1.2", "7.2", "8.2", "19.4", "30.2", "11.1.2", "11.2", "13.5")
        ),
        ("QPD|IHE PDQ Query|T1|@PID.3.1^M1~@PID.3.6^x", "QPD^1^3^2^1", "103"),
        ("QPD|IHE PDQ Query|T1|@PID.3.1^M1~@PID.3.5^DL", "QPD^1^3^2^1", "103"),
        ("QPD|IHE PDQ Query|T1|@PID.3^M1^^^HOSP&2.999.1&ISO&x", "QPD^1^3^1^1", "103"),
        ("QPD|IHE PDQ Query|T1|@PID.3.1^M1^x", "QPD^1^3^1^2", "102"),
        ("QPD||T1|@PID.5.1^张", "QPD^1^1", "101"),
        ("QPD|Q23^Get Corresponding IDs^HL7|T1|@PID.5.1^张", "QPD^1^1", "103"),
        ("QPD|IHE PDQ Query|T1|@PID.5.1^\\X00\\张", "QPD^1", "102"),
        ("RCP|I", "QPD^1", "100"),
        ("QPD|IHE PDQ Query|T1|@PID.5.1^张\rRCP|D", "RCP^1^1", "103"),
        ("QPD|IHE PDQ Query|T1|@PID.5.1^张\rRCP|I|0^RD", "RCP^1^2", "103"),
        ("QPD|IHE PDQ Query|T1|@PID.5.1^张\rRCP|I|5^LI", "RCP^1^2", "103"),
    ],
)
def test_a_question_that_is_wrong_is_told_where_and_tells_nobody(asked: Site, line: str, place: str, code: str) -> None:
    found = asked.ask(header(Q22), line)

    assert found.get("MSA", 1) == "AE"
    assert found.get("QAK", 2) == "AE"
    assert found.fault == (place, code)
    assert "PID" not in found.names


def test_old_versions_hear_of_faults_in_their_own_way(asked: Site) -> None:
    found = asked.ask(header(Q22, version="2.4"), "QPD|IHE PDQ Query|T1|@PID.8^X")

    assert found.raws("ERR", 1) == ["QPD^1^3^103&Table value not found&HL70357"]
    assert found.get("MSA", 3)


# --- pages -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("pages")) as found:
        for number in range(7):
            found.person(f"P{number}^^^HOSP^MR", f"王^{'甲乙丙丁戊己庚'[number]}", "19800101")
        yield found


def page(site: Site, pointer: str = "", question: str = "@PID.5.1^王", **queries: Any) -> Answered:
    more = (f"DSC|{pointer}|I",) if pointer else ()
    return candidates(site, question, "", "RCP|I|3^RD", *more, **queries)


def test_pages_follow_each_other_without_gap_or_repetition(many: Site) -> None:
    first = page(many)
    second = page(many, first.get("DSC", 1))
    many.person("P9^^^HOSP^MR", "王^辛", "19800101")
    third = page(many, second.get("DSC", 1))

    told = [one for found in (first, second, third) for one in found.raws("PID", 3)]
    assert [one.partition("^")[0] for one in told] == [f"P{number}" for number in range(7)]
    counts = [[found.get("QAK", at) for at in (4, 5, 6)] for found in (first, second, third)]
    assert counts == [["7", "3", "4"], ["7", "3", "1"], ["7", "1", "0"]]
    assert "DSC" not in third.names


def test_a_pointer_fits_the_standard_and_shows_nothing(many: Site) -> None:
    pointer = page(many).get("DSC", 1)

    assert len(pointer) <= 180
    assert pointer.replace("-", "").replace("_", "").isalnum()


def test_a_pointer_is_good_for_one_sender_and_one_question(many: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    pointer = page(many).get("DSC", 1)
    another = page(many, pointer, "@PID.5.1^王~@PID.8^M")
    forged = page(many, "A" * len(pointer))
    elsewhere = many.ask(header(Q22), "QPD|IHE PDQ Query|T1|@PID.5.1^王", f"DSC|{pointer}", feed="clinic")
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 901)
    late = page(many, pointer)

    for found in (another, forged, elsewhere, late):
        assert found.says == ("AE", "AE")
        assert found.fault == ("DSC^1^1", "204")
        assert "PID" not in found.names
    assert "expired" in late.get("ERR", 7)


def test_no_answer_holds_more_than_the_feeds_file_says(many: Site) -> None:
    found = candidates(many, "@PID.5.1^王", "", "RCP|I|1000^RD", most=2)

    assert len(found.raws("PID", 3)) == 2
    assert found.get("DSC", 1)


def test_a_question_may_be_taken_back(many: Site) -> None:
    found = many.ask(header("QCN^J01^QCN_J01"), "QID|T1|IHE PDQ Query")

    assert found.names == ["MSH", "MSA"]
    assert found.get("MSA", 1) == "AA"
    assert many.ask(header("QCN^J01^QCN_J01"), "QID|").get("MSA", 1) == "AE"


# --- which numbers ---------------------------------------------------------------------------------------------------


def numbers(asked: Site, number: str, wanted: str = "", **queries: Any) -> Answered:
    return asked.ask(header(Q23), f"QPD|IHE PIX Query|T1|{number}|{wanted}", "RCP|I", **queries)


def test_the_other_numbers_of_a_person_come_without_the_name(asked: Site) -> None:
    found = numbers(asked, "M1^^^HOSP", "^^^CLINIC")

    assert found.says == ("AA", "OK")
    assert found.raws("PID", 3) == ["C9^^^CLINIC&2.999.3&ISO^MR"]
    assert found.raws("PID", 5) == ["~^^^^^^S"]
    assert (found.get("MSH", 9, 2), found.get("MSH", 9, 3)) == ("K23", "RSP_K23")


def test_a_person_without_another_number_is_known_but_nothing_is_found(asked: Site) -> None:
    found = numbers(asked, "M2^^^HOSP", "^^^CLINIC")

    assert found.says == ("AA", "NF")
    assert "PID" not in found.names


@pytest.mark.parametrize(
    ("number", "domains", "place"),
    [
        ("M7^^^HOSP", "", "QPD^1^3^1^1"),
        ("M1^^^NOBODY", "", "QPD^1^3^1^4"),
        ("M1^^^HOSP", "^^^NOBODY~^^^CLINIC~^^^&1.2.3&ISO", "QPD^1^4^1~QPD^1^4^3"),
    ],
)
def test_an_unknown_number_or_domain_is_told_at_its_place(asked: Site, number: str, domains: str, place: str) -> None:
    found = numbers(asked, number, domains)

    assert found.says == ("AE", "AE")
    assert found.fault == (place, "204")


def test_one_persons_demographics_by_number(asked: Site) -> None:
    found = asked.ask(header(Q21), "QPD|Q21^Get Person Demographics^HL7|T1|M1^^^HOSP|^^^CLINIC")

    assert found.get("PID", 5, 2) == "三丰"
    assert found.raws("PID", 3) == ["C9^^^CLINIC&2.999.3&ISO^MR"]
    assert asked.ask(header(Q21), "QPD|Q21^Get^HL7|T1|M7^^^HOSP").says == ("AA", "NF")


# --- visits ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "parameters",
    ["@PV1.19^V1", "@PV1.19.1^V1~@PV1.19.4^VISIT", "@PV1.2^I", "@PV1.3.1^W1", "@PV1.3.3^B1", "@PV1.7.1^D1",
     "@PV1.7.2^何", "@PV1.2^I~@PID.5.1^张", "@PID.3.1^M1"],
)  # fmt: skip
def test_visits_come_with_their_persons(asked: Site, parameters: str) -> None:
    found = asked.ask(header(ZV1), f"QPD|IHE PDVQ Query|T1|{parameters}", "RCP|I|5^RD")

    assert found.names[-2:] == ["PID", "PV1"]
    assert (found.get("MSH", 9, 2), found.get("PID", 3)) == ("ZV2", "M1")
    assert found.raws("PV1", 3) == ["W1^R1^B1^HOSP"]
    assert found.raws("PV1", 7) == ["D1^何^医生^^^^^^HOSP&2.999.1&ISO"]
    assert (found.get("PV1", 2), found.get("PV1", 19), found.get("PV1", 44)) == ("I", "V1", "20240301080000")


@pytest.mark.parametrize(
    ("parameters", "code"),
    [("@PV1.2^I~@PV1.2^O", "103"), ("@PV1.19.1^V1~@PV1.19.1^V2", "103"), ("@PV1.3.1.2^W1", "103"),
     ("@PV1.2^I~@PV1.19.4^VISIT", "101")],
)  # fmt: skip
def test_nothing_that_is_asked_of_a_visit_is_left_out(asked: Site, parameters: str, code: str) -> None:
    found = asked.ask(header(ZV1), f"QPD|IHE PDVQ Query|T1|{parameters}")

    assert (found.says, found.get("ERR", 3)) == (("AE", "AE"), code)


@pytest.mark.parametrize("parameters", ["@PV1.3.1^W2", "@PV1.7.2^无", "@PV1.2^O", "@PV1.2^I~@PID.5.1^李"])
def test_no_visit_is_like_that(asked: Site, parameters: str) -> None:
    assert asked.ask(header(ZV1), f"QPD|IHE PDVQ Query|T1|{parameters}").says == ("AA", "NF")


def test_the_original_mode_has_the_person_and_the_latest_visit(asked: Site) -> None:
    found = asked.ask(header("QRY^A19"), "QRD|20240301|R|I|QQ1|||10^RD|M1^^^^^^^^HOSP|DEM", "QRF|HIS")

    assert found.names == ["MSH", "MSA", "QAK", "QRD", "QRF", "PID", "PV1"]
    assert (found.get("QAK", 1), found.get("PID", 3), found.get("PV1", 19)) == ("QQ1", "M1", "V1")
    assert asked.ask(header("QRY^A19"), "QRD|20240301|R|I|QQ1||||M2^^^^^^^^HOSP|DEM").get("PV1", 2) == "N"
    assert asked.ask(header("QRY^A19"), "QRD|20240301|R|I|QQ1||||^张^三丰|DEM").get("PID", 3) == "M1"


def test_a_visit_comes_out_as_it_came_in(tmp_path: Path) -> None:
    with site(tmp_path) as found:
        found.tell(ADMISSION)
        answer = found.ask(header("QRY^A19"), "QRD|20240301|R|I|QQ1|||1^RD|M0007^^^^^^^^HOSP|DEM")
    lines = [line for line in answer.text.split("\r") if line.startswith(("PID", "PV1"))]
    first, event = ADMISSION.split("\r")[:2]

    assert _visit("\r".join((first, event, *lines))) == _visit(ADMISSION)


def _visit(text: str) -> Json:
    """The Encounter, but for how the issuer of its number was named, and what other segments say of it."""
    wanted = "\r".join(line for line in text.split("\r") if line.startswith(("MSH", "EVN", "PID", "PV1")))
    found = body(updates(wanted)[0], "Encounter")
    for one in found["identifier"]:
        one.pop("extension", None)
    return found


# --- who may ask -----------------------------------------------------------------------------------------------------


def test_what_the_feeds_file_does_not_allow_is_refused_and_noted(asked: Site) -> None:
    found = asked.ask(header(Q22), "QPD|IHE PDQ Query|T1|@PID.5.1^张", allow=["Q23"])

    assert found.says == ("AR", "AR")
    assert found.get("ERR", 3) == "200"
    assert "Q22" in found.get("ERR", 7)
    assert asked.audited()[-1][2:] == (
        "denied",
        "Patient",
        "[]",
        "QPD|IHE PDQ Query|T1|@PID.5.1^张",
        "query_not_allowed",
        0,
    )


def test_a_feed_whose_file_says_nothing_is_refused_at_the_door() -> None:
    asking = "\r".join((header(Q22), "QPD|IHE PDQ Query|T1|@PID.5.1^张")).encode()
    refusal = HL7("hospital", settings(allow=[])).admit(asking).refusal

    assert refusal
    assert refusal.code == "query_not_allowed"


def test_a_number_of_several_persons_is_nobodys(asked: Site) -> None:
    asked.person("X1^^^SCHOOL^PI~990101198511230025^^^^NNCHN", "钱^一", "19851123", "M", feed="school")
    asked.person("X2^^^SCHOOL^PI~990101198511230025^^^^NNCHN", "孙^二", "19620101", "F", feed="school")
    found = asked.ask(header(Q21), "QPD|Q21^Get Person Demographics^HL7|T1|990101198511230025^^^^NNCHN")

    assert found.fault == ("QPD^1^3", "205")
    assert "PID" not in found.names


def test_a_number_that_is_only_a_hyphen_is_nobodys(asked: Site) -> None:
    found = asked.ask(header(Q21), "QPD|Q21^Get Person Demographics^HL7|T1|-^^^^NNCHN")

    assert found.says == ("AA", "NF")
    assert "PID" not in found.names
    assert candidates(asked, "@PID.3.1^-~@PID.3.5^NNCHN").says == ("AA", "NF")


def test_a_kind_of_question_nobody_answers_is_refused(asked: Site) -> None:
    found = asked.ask(header("QBP^Q13^QBP_Q13"), "QPD|Q13^x|T1|@PID.5.1^张")

    assert found.get("MSA", 1) == "AR"
    assert found.fault == ("MSH^1^9", "200")


def test_each_answer_is_noted_with_the_persons_in_it_and_the_question(asked: Site) -> None:
    candidates(asked, "@PID.5.1^张")
    client, address, action, kind, persons, query, outcome, resources = asked.audited()[-1]

    assert (client, address, action, kind) == ("hospital/HIS|HOSP", "10.0.0.7", "query", "Patient")
    assert len(json.loads(persons)) == 2
    assert (query, outcome, resources) == ("QPD|IHE PDQ Query|T1|@PID.5.1^张", "ok", 2)


def test_a_feed_may_be_told_only_of_those_it_has_sent_itself(asked: Site) -> None:
    mine = candidates(asked, "@PID.5.1^张", own_patients_only=True)
    not_mine = candidates(asked, "@PID.5.1^李", own_patients_only=True)
    visit = asked.ask(header(ZV1), "QPD|IHE PDVQ Query|T1|@PV1.2^I", feed="school", own_patients_only=True)

    assert {one.partition("^")[0] for one in mine.raws("PID", 3)} == {"M1", "M2"}
    assert not_mine.says == ("AA", "NF")
    assert visit.says == ("AA", "NF")
    assert numbers(asked, "C3^^^CLINIC", own_patients_only=True).fault == ("QPD^1^3^1^1", "204")


def test_a_feed_may_be_told_numbers_of_some_domains_only(asked: Site) -> None:
    found = candidates(asked, "@PID.5.2^三丰~@PID.5.1^张", domains=["HOSP"])

    assert found.raws("PID", 3) == ["M1^^^HOSP&2.999.1&ISO^MR"]
    assert numbers(asked, "M1^^^HOSP", "^^^CLINIC", domains=["HOSP"]).fault == ("QPD^1^4^1", "204")
    assert numbers(asked, "M1^^^HOSP", domains=["HOSP"]).says == ("AA", "NF")


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        (Q22, "QPD|IHE PDQ Query|T1|@PID.3.1^C9"),
        (Q22, f"QPD|IHE PDQ Query|T1|@PID.3.1^{NATIONAL}"),
        (Q22, "QPD|IHE PDQ Query|T1|@PID.18.1^V1"),
        (ZV1, "QPD|IHE PDVQ Query|T1|@PV1.19.1^V1"),
        ("QBP^Q11^QBP_Q11", "QPD|Z34^x^CDCPHINVS|T1|C9^^^^MR"),
        ("QRY^A19", "QRD|20240301|R|I|QQ1|||10^RD|C9"),
    ],
)
def test_a_number_without_an_issuer_is_asked_of_the_domains_that_may_be_told_only(
    asked: Site, kind: str, line: str
) -> None:
    assert asked.ask(header(kind), line).says == ("AA", "OK")
    assert asked.ask(header(kind), line, domains=["HOSP"]).says == ("AA", "NF")
    assert asked.ask(header(kind), line, domains=["HOSP", "CLINIC", "VISIT", "2.16.156.10011.1.3"]).says == ("AA", "OK")


def test_no_sentence_about_a_fault_holds_what_was_asked(asked: Site) -> None:
    for parameters in ("@PID.5.1^张~@PID.8^机密", "@PID.7^机密", "@PID.3.1^机密~@PID.3.4^机密", "@机密^1"):
        found = candidates(asked, parameters)
        assert "机密" not in found.raws("ERR", 7)[0] + found.raws("ERR", 8)[0]


def test_both_back_ends_answer_alike(database_url: str) -> None:
    with site(database_url) as found:
        found.person(ZHANG, "张^三丰", "19900307", "M", more=PATIENT)
        found.person("M2^^^HOSP^MR", "张^三", "19910401", "F")
        found.person("C3^^^CLINIC^MR", "张^四", "19500101", "M", feed="clinic")
        first = candidates(found, "@PID.5.1^张", "", "RCP|I|1^RD", own_patients_only=True)
        pointer = first.get("DSC", 1)
        second = candidates(found, "@PID.5.1^张", "", "RCP|I|1^RD", f"DSC|{pointer}", own_patients_only=True)

    assert [(one.get("PID", 3), one.get("QAK", 4), one.get("QAK", 6)) for one in (first, second)] == [
        ("M1", "2", "1"), ("M2", "2", "0"),
    ]  # fmt: skip
    assert "DSC" not in second.names


QUESTIONS = (
    (
        Q22,
        "QPD|IHE PDQ Query|T1|@PID.3.1^M1~@PID.3.4.1^HOSP~@PID.5.1^张~@PID.7^1990|||||^^^HOSP\rRCP|I|2^RD\rDSC|abc|I",
    ),
    (ZV1, "QPD|IHE PDVQ Query|T1|@PV1.3.1^W1~@PV1.7.2^何~@PV1.19.1^V1~@PV1.19.4^VISIT~@PID.18^V1"),
    (Q23, "QPD|IHE PIX Query|T1|M1^^^HOSP^MR|^^^CLINIC"),
    ("QRY^A19", "QRD|20240301|R|I|QQ1|||10^RD|M1^张^三^^^^^^HOSP|DEM"),
    ("QBP^Q11^QBP_Q11", "QPD|Z34^x^CDCPHINVS|T|M1^^^HOSP^MR|张^三||19900307|M|青羊区|13800000001"),
)


@hypothesis.settings(max_examples=150, deadline=None, suppress_health_check=list(hypothesis.HealthCheck))
@hypothesis.given(st.sampled_from(QUESTIONS), st.data())
def test_a_damaged_question_is_answered_whatever_it_says(
    asked: Site, question: tuple[str, str], data: st.DataObject
) -> None:
    kind, line = question
    at = data.draw(st.integers(0, len(line) - 1))
    written = data.draw(st.text('|^~\\&\r\0"*@.,$0A张', max_size=3))
    found = asked.ask(header(kind), line[:at] + written + line[at + data.draw(st.integers(0, 3)) :])

    assert found.get("MSA", 1) in {"AA", "AE", "AR"}


# --- words on the wire -----------------------------------------------------------------------------------------------


def test_an_asker_in_gb18030_is_answered_in_gb18030(asked: Site) -> None:
    found = asked.ask(header(Q22, charset="GB 18030-2000"), "QPD|IHE PDQ Query|T1|@PID.5.1^张", codec="gb18030")

    assert "张" in found.raw.decode("gb18030")
    assert found.get("MSH", 18) == "GB 18030-2000"


def test_an_asker_whose_charset_has_no_chinese_is_told_so_and_loses_nothing(asked: Site) -> None:
    found = asked.ask(header(Q22, charset="8859/1"), "QPD|IHE PDQ Query|T1|@PID.3.1^M1", codec="iso-8859-1")

    assert found.get("MSH", 18) == "UNICODE UTF-8"
    assert found.get("PID", 5) == "张"


def test_an_answer_is_written_in_the_askers_delimiters(asked: Site) -> None:
    head = "MSH$%*!#$HIS$HOSP$HUB$COUNTY$20240301080000$$QBP%Q22%QBP_Q21$Q1$P$2.5$$$$$$UNICODE UTF-8"
    found = asked.ask(head, "QPD$IHE PDQ Query$T1$@PID.3.1%M1*@PID.3.4%HOSP")

    assert found.says == ("AA", "OK")
    assert found.raws("PID", 3)[0].startswith("M1%%%HOSP#2.999.1#ISO%MR*C9%")


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        (Q22, "QPD|IHE PDQ Query|T1|@PID.5.1^张"), (Q22, "QPD|IHE PDQ Query|T1|@PID.5.1^无"),
        (Q21, "QPD|Q21^x|T1|M1^^^HOSP"),
        (Q23, "QPD|IHE PIX Query|T1|M1^^^HOSP"), (Q23, "QPD|IHE PIX Query|T1|M7^^^HOSP"),
        ("QRY^A19", "QRD|20240301|R|I|QQ1|||10^RD|M1^^^^^^^^HOSP|DEM|X"),
    ],
)  # fmt: skip
def test_answers_are_valid_where_hl7apy_knows_their_structure(asked: Site, kind: str, line: str) -> None:
    answer = parse_message(asked.ask(header(kind), line).text, validation_level=2, find_groups=True)

    assert Validator.validate(answer)


def test_faults_are_said_in_both_languages() -> None:
    said = Text("the continuation pointer has expired; ask again from the beginning")

    assert said.render("zh_CN") != said.render("en")


def test_an_answer_says_how_sure_a_match_is_only_where_more_than_a_number_was_asked_for(asked: Site) -> None:
    by_number = asked.ask(header("QBP^Q22^QBP_Q21"), "QPD|IHE PDQ Query|T1|@PID.3.1^M1~@PID.3.4^HOSP", "RCP|I|10^RD")
    by_name = asked.ask(
        header("QBP^Q22^QBP_Q21"), "QPD|IHE PDQ Query|T1|@PID.5.1^张三丰~@PID.7^19900307", "RCP|I|10^RD"
    )
    assert by_number.get("QRI", 1) == ""
    assert by_name.get("QRI", 1).isdecimal()
    assert 0 <= int(by_name.get("QRI", 1)) <= 100
