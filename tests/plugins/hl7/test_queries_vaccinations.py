"""A child's vaccinations, asked for by number or name (Z34), come out as they came in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hl7apy.parser import parse_message
from hl7apy.validation import Validator

from hub import Json, encode_json
from tests.plugins.hl7.asking import Answered, Site, header, site
from tests.plugins.hl7.mapping import updates

SAMPLE = (Path(__file__).parent / "samples" / "vaccinations.hl7").read_bytes().decode().replace("\n", "\r")
Z34 = "QPD|Z34^Request Immunization History^CDCPHINVS|T7|"
RICH = (
    f"{header('VXU^V04^VXU_V04', '2.5.1', key='IZ-9')}\r"
    "PID|1||C7^^^CLINIC^MR||白^露||20220101|F|||||||||||||||||Y|2\r"
    "ORC|RE|O9^CLINIC|IZ9^CLINIC||||||20240401101500|||N02^江^医师^^^^^^CLINIC\r"
    "RXA|0|1|20240401100000+0800||133^肺炎疫苗 13 价^CVX^L13^本地码^L|1.50|mL^毫升^UCUM||"
    "01^历史^NIP001~^家长口述\\T\\确认|"
    "N01^何^护士^^^^^^CLINIC|接种室^^^CLINIC||||L\\F\\1|20260630|SIN^国药^MVX||R1^风险^L|CP|||||W9\r"
    "RXR|IM^肌内注射^HL70162|RT^右腿^HL70163\r"
    "OBX|1|CE|64994-7^资格^LN|1|V01^免费^HL70064||||||F|||20240401\r"
    "OBX|2|NM|30973-2^剂次^LN|1|2||||||F\r"
    "OBX|3|DT|29769-7^告知日期^LN|2|20240401||||||F\r"
    "OBX|4|ST|48767-8^备注^LN|3|无不适||||||F\r"
)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("doses")) as found:
        found.tell(SAMPLE)
        found.tell(RICH)
        found.person("C8^^^CLINIC^MR", "白^露", "20220101", "F", feed="clinic")
        yield found


def history(asked: Site, fields: str, *lines: str, **queries: Any) -> Answered:
    return asked.ask(header("QBP^Q11^QBP_Q11", "2.5.1"), Z34 + fields, "RCP|I|5^RD", *lines, **queries)


def profile(found: Answered) -> str:
    return found.get("MSH", 21)


def meant(text: str) -> dict[tuple[str, str], bytes]:
    """What the doses of a message and what was told with them mean, but for how their issuers were named."""
    message = text.replace("RSP^K11^RSP_K11", "VXU^V04^VXU_V04")
    (update,) = updates(message)
    wanted = (one for one in update.resources if one.type in {"Immunization", "Observation"})
    return {(one.type, one.source_id): encode_json(_plain(one.body)) for one in wanted}


def _plain(body: Json) -> Json:
    for one in body.get("identifier", ()):
        one.pop("extension", None)
    return body


@pytest.mark.parametrize(("message", "number"), [(SAMPLE, "C0001^^^CLINIC^PI"), (RICH, "C7^^^CLINIC^MR")])
def test_what_came_in_comes_out_the_same(asked: Site, message: str, number: str) -> None:
    found = history(asked, number)

    assert found.says == ("AA", "OK")
    assert profile(found) == "Z32"
    assert meant(found.text) == meant(message)


def test_a_history_is_in_order_of_time_with_who_it_is_about(asked: Site) -> None:
    found = history(asked, "C0001^^^CLINIC^PI")

    assert found.names == ["MSH", "MSA", "QAK", "QPD", "PID", "ORC", "RXA", "ORC", "RXA", "RXR", "OBX"]
    assert (found.get("PID", 5, 2), found.get("QAK", 1), found.get("QAK", 3)) == ("小明", "T7", "Z34")


def test_a_child_is_found_by_name_and_birth_date_where_no_number_is_known(asked: Site) -> None:
    found = history(asked, "X1^^^CLINIC|林^小明||20230301|M")

    assert profile(found) == "Z32"
    assert found.get("PID", 3) == "C0001"


def test_of_several_who_may_be_meant_a_list_comes_without_doses(asked: Site) -> None:
    found = history(asked, "|白^露||20220101|F")

    assert (profile(found), found.says) == ("Z31", ("AA", "OK"))
    assert sorted(found.lexed.all("PID")[at].get(3) for at in (0, 1)) == ["C7", "C8"]
    assert "RXA" not in found.names


def test_a_number_of_somebody_born_on_another_day_gives_no_doses(asked: Site) -> None:
    found = history(asked, "C7^^^CLINIC|白^露||20200202|F")

    assert profile(found) == "Z31"
    assert "RXA" not in found.names


def test_nobody_is_found(asked: Site) -> None:
    found = history(asked, "X1^^^CLINIC|无^人||20230301|M")

    assert (profile(found), found.says) == ("Z33", ("AA", "NF"))
    assert "PID" not in found.names


def test_more_who_may_be_meant_than_wanted_are_not_listed(asked: Site) -> None:
    found = asked.ask(header("QBP^Q11^QBP_Q11"), f"{Z34}|白^露||20220101", "RCP|I|1^RD")

    assert found.says == ("AA", "TM")
    assert "PID" not in found.names


@pytest.mark.parametrize(
    ("line", "place", "code"),
    [
        (Z34 + "|白^露", "QPD^1^3", "101"),
        (Z34 + "|||20220101", "QPD^1^3", "101"),
        (Z34 + "C7^^^NOBODY", "QPD^1^3^1^4", "204"),
        ("QPD|Z44^Request Evaluated History^CDCPHINVS|T7|C7^^^CLINIC", "QPD^1^1", "103"),
    ],
)
def test_a_question_about_nobody_or_another_one_is_not_answered(asked: Site, line: str, place: str, code: str) -> None:
    found = asked.ask(header("QBP^Q11^QBP_Q11"), line)

    assert found.says == ("AE", "AE")
    assert found.fault == (place, code)


def test_the_answer_is_noted_as_one_about_vaccinations(asked: Site) -> None:
    history(asked, "C7^^^CLINIC^MR")

    assert asked.audited()[-1][3] == "Immunization"
    assert asked.audited()[-1][-2:] == ("ok", 2)


def test_doses_entered_in_error_are_not_told(asked: Site) -> None:
    asked.tell(
        f"{header('VXU^V04^VXU_V04', '2.5.1', key='IZ-10')}\rPID|1||C5^^^CLINIC^MR||金^秋||20210101|F\r"
        "ORC|RE||IZ10^CLINIC\rRXA|0|1|20240401||08^乙肝疫苗^CVX|999||||||||||||||CP|D\r"
    )

    assert history(asked, "C5^^^CLINIC^MR").names[-1] == "PID"


def test_the_answer_is_valid_for_hl7apy(asked: Site) -> None:
    answer = parse_message(history(asked, "C7^^^CLINIC^MR").text, validation_level=2, find_groups=True)

    assert Validator.validate(answer)
