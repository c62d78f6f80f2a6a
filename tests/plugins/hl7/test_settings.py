"""What IT staff write is checked before a door opens."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from plugins.hl7.settings import HL7Settings


def test_the_defaults_are_those_the_outside_may_rely_on() -> None:
    settings = HL7Settings(listen="127.0.0.1:2575")
    assert settings.frame_bytes == 25_000_000
    assert settings.segments == 20_000
    assert settings.repetitions == 100_000
    assert settings.frame_seconds == 30
    assert settings.idle_seconds == 120
    assert settings.timezone == "Asia/Shanghai"
    assert settings.encoding == "auto"


def given(**settings: Any) -> HL7Settings:
    return HL7Settings.model_validate({"listen": "127.0.0.1:2575"} | settings)


def test_a_door_does_not_depend_on_where_the_fields_of_a_message_go() -> None:
    fields = [{"field": "ZPI-3", "ignore": "of no use"}]
    assert given(systems={"HOSP": "urn:oid:2.999.1"}, fields=fields).of_the_door() == given().of_the_door()
    for other in ({"listen": "127.0.0.1:2576"}, {"segments": 7}, {"events": {"ADT^Z01": "ADT^A08"}}):
        assert given(**other).of_the_door() != given().of_the_door()


def test_a_door_that_answers_queries_knows_the_senders_numbers() -> None:
    asking, systems = {"allow": ["Q22"]}, {"HOSP": "urn:oid:2.999.1"}
    assert given(queries=asking).of_the_door() != given(queries=asking, systems=systems).of_the_door()


@pytest.mark.parametrize(
    ("listen", "host", "port"),
    [("127.0.0.1:2575", "127.0.0.1", 2575), ("localhost:1", "localhost", 1), ("[::1]:2575", "::1", 2575)],
)
def test_an_address_of_this_machine_needs_nothing_else(listen: str, host: str, port: int) -> None:
    settings = HL7Settings(listen=listen)
    assert (settings.host, settings.port) == (host, port)


@pytest.mark.parametrize("listen", ["0.0.0.0:2575", "10.1.2.3:2575", "hub.example:2575", "[::]:2575"])
def test_plain_text_across_the_network_must_be_asked_for(listen: str) -> None:
    with pytest.raises(ValidationError, match="insecure_plain"):
        HL7Settings(listen=listen)
    assert HL7Settings(listen=listen, insecure_plain=True).listen == listen


@pytest.mark.parametrize(
    "wrong",
    [
        {"listen": "2575"},
        {"listen": "127.0.0.1"},
        {"listen": "127.0.0.1:70000"},
        {"listen": "127.0.0.1:２５７５"},
        {"encoding": "big5"},
        {"timezone": "Asia/Nanchang"},
        {"timezone": "../../etc/passwd"},
        {"frame_bytes": 0},
        {"idle_seconds": 0},
        {"connections": -1},
        {"colour": "red"},
        {"application_acks": "127.0.0.1:0"},
        {"queries": {"domains": ["NOSUCH"]}, "systems": {"HOSP": "urn:oid:2.999.1"}},
    ],
)
def test_mistakes_are_found(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        HL7Settings(**{"listen": "127.0.0.1:2575", **wrong})


def test_whose_numbers_may_be_told_is_named_as_in_systems_or_in_full() -> None:
    known = ["HOSP", "2.999.2", "urn:oid:2.999.3", "https://example.org/numbers"]
    assert given(systems={"HOSP": "urn:oid:2.999.1"}, queries={"domains": known})
    with pytest.raises(ValidationError, match="NOSUCH"):
        given(queries={"domains": ["NOSUCH"]})


def test_every_setting_explains_itself() -> None:
    assert all(field.description for field in HL7Settings.model_fields.values())
