"""The interface document says what holds for this feed: its codes, its questions, its samples."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from hub import Code, CodeMaps
from hub.guides import BOTH, Wording, as_markdown
from hub.language import CHINESE
from plugins.hl7 import ack
from plugins.hl7.codes import NAMES, table
from plugins.hl7.guide import QUESTIONS, WHEN, guide
from plugins.hl7.guide.samples import samples
from plugins.hl7.names import code_name
from plugins.hl7.queries.settings import Name
from plugins.hl7.settings import HL7Settings
from plugins.hl7.site import habits_of

PLAIN = {"language", "media", "religion", "time_unit"}
"""Maps whose codes say what they mean, or lead to a code that has a name."""


def settings(**given: Any) -> HL7Settings:
    return HL7Settings.model_validate({"listen": "127.0.0.1:1", **given})


def written(codes: CodeMaps | None = None, languages: tuple[str, ...] = BOTH, **given: Any) -> str:
    found = settings(**given)
    return as_markdown(guide("ward", found, habits_of(found, codes or {})), Wording(languages))


def row(text: str, place: str) -> str:
    return next(line for line in text.splitlines() if line.startswith(f"| {place} |"))


def test_codes_stand_with_their_fields_and_their_meanings_in_a_table() -> None:
    text = written()
    assert "visit_class: E, I, O, P, R, B, C, N, U" in row(text, "PV1-2")
    assert "criticality: SV, MI, U; severity: SV, MO, MI" in row(text, "AL1-4")
    assert "order_control; medication_control" in row(text, "ORC-1")
    assert "| I | 住院 / Inpatient |" in text
    assert "…" not in "".join(line for line in text.splitlines() if "see Codes" in line)


@pytest.mark.parametrize("name", sorted(NAMES - PLAIN))
def test_every_code_of_ours_says_what_it_means(name: str) -> None:
    assert [code for code in table(name) if code_name(name, code) is None] == [], "say it in names/codes.csv"


def test_what_a_site_has_said_is_not_shown_as_the_standards() -> None:
    form = {"1": Code("urn:x", "pos", "阳性"), "2": Code("urn:x", "neg", "阴性")}
    text = written({"sex": {"7": Code("", "other")}, "rh_form": form}, languages=(CHINESE,))
    assert "7" not in row(text, "PID-8").rpartition("sex")[2]
    assert "| 7 | other | other | 本机构 |" in text
    assert "| 1 | 阳性 |" in text
    assert "### rh_form" in text


def test_every_code_of_an_error_is_said_when_it_comes_in_chinese_too() -> None:
    assert {(kind.answer, kind.code) for kind in ack.reasons()} == set(WHEN)
    assert [text.msgid for text in WHEN.values() if text.render(CHINESE) == text.msgid] == []


def test_the_questions_a_feed_answers_are_in_its_document() -> None:
    assert set(QUESTIONS) == set(get_args(Name))
    assert "QBP^Q22" not in written()
    text = written(queries={"allow": ["Q22", "A19"], "own_patients_only": True, "most": 7})
    assert "QBP^Q22" in text
    assert "QRY^A19" in text
    assert "QBP^Q23" not in text
    assert "7 persons at the most" in text


def test_fields_say_what_the_hub_asks_of_them() -> None:
    text = written(fields=[{"field": "ZPI-3", "to": "Patient.identifier", "as": "identifier"}])
    assert "required" in row(text, "MRG-1")
    assert "ignored" not in row(text, "MSH-15") + row(text, "MSH-16")
    assert "标准中没有" in row(text, "ZPI-3")


def test_patients_who_change_beds_are_in_different_beds_afterwards() -> None:
    (swap,) = (one.message for one in samples(settings()) if "ADT^A17" in one.message)
    said = [line.split("|") for line in swap.split("\n")]
    persons, visits = ([line for line in said if line[0] == name] for name in ("PID", "PV1"))
    assert [line[1] for line in persons] == [line[1] for line in visits] == ["1", "2"]
    assert len({line[3] for line in visits}) == len({line[18] for line in persons}) == 2


def test_samples_can_be_written_in_the_encoding_of_the_feed() -> None:
    for one in samples(settings(encoding="iso-8859-1", events={"ADT^Z01": "ADT^A08"})):
        one.message.encode("iso-8859-1")
    assert "|Zhang^San^^^^^L|" in "".join(one.message for one in samples(settings(encoding="iso-8859-1")))


def test_a_document_is_shown_as_text_pdf_and_cda_and_an_announced_one_without_content() -> None:
    found = [one.message for one in samples(settings()) if "MDM^T" in one.message]
    assert ["OBX" in one for one in found] == [False, True, True, True]
    assert ["^application^pdf^" in one for one in found] == [False, False, True, False]
    assert "^text^xml^" in found[3]


def test_a_kind_of_message_of_the_sites_own_has_a_sample() -> None:
    (own,) = (one.message for one in samples(settings(events={"ADT^Z01": "ADT^A08"})) if "ADT^Z01" in one.message)
    assert "\nEVN|Z01|" in own
    assert "A08" not in own
