"""The peers of the benchmarks do their work."""

from __future__ import annotations

from typing import Any, cast

from benchmarks import javascript
from benchmarks.messages import Person, Visit, adt
from benchmarks.peers import medplum_us, python_works
from benchmarks.traffic import FIRST
from tests.absent import left_out

BODY = adt("A01", "K1", Visit(Person(1), "V1", FIRST))


def test_medplum_parses_what_it_is_given() -> None:
    try:
        figures = medplum_us({"adt": BODY}, rounds=1)
    except javascript.Missing as missing:
        left_out(missing)
    assert figures.keys() == {"adt"}
    assert figures["adt"] > 0


def test_the_peers_in_python_parse_what_they_are_given() -> None:
    by_hl7, by_hl7apy = (cast("Any", work()) for work in python_works(BODY).values())
    assert str(by_hl7.segment("MSH")[10]) == by_hl7apy.msh.msh_10.value == "K1"
