"""The county's adapter keeps the hub's contract."""

from __future__ import annotations

from pathlib import Path

from hub.testing import AdapterContract
from hub_county_vaccination import CountyVaccination


class TestCountyVaccination(AdapterContract):
    adapter = CountyVaccination
    settings = {"cards": "urn:oid:2.999.7"}  # noqa: RUF012  # the contract declares it as a class variable
    samples = Path(__file__).parent / "samples"
