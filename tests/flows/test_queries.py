"""A hospital sends its patients and asks about them over one connection, of a hub that runs."""

from __future__ import annotations

import json
import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.flows.test_run import HOST, Site, Start, start, wait_for

__all__ = ["start"]

QUERIES = '\n[settings.queries]\nallow = ["Q22", "Z34"]\n'


def framed(kind: str, key: str, *lines: str, wanted: str = "|") -> bytes:
    """``wanted`` is MSH-15 and MSH-16."""
    head = rf"MSH|^~\&|HIS|HOSP|HUB|DISTRICT|20260105093000||{kind}|{key}|P|2.5.1|||{wanted}||UNICODE UTF-8"
    return b"\x0b" + "\r".join((head, *lines)).encode() + b"\x1c\r"


BORN = framed("ADT^A28^ADT_A05", "A1", "PID|1||P1^^^HOSP^MR||测试^住院||19900307|M")
ASKED = framed("QBP^Q22^QBP_Q21", "Q1", "QPD|IHE PDQ Query|T1|@PID.3.1^P1~@PID.3.4^HOSP", "RCP|I|10^RD")
ENHANCED = framed("QBP^Q22^QBP_Q21", "Q4", "QPD|IHE PDQ Query|T1|@PID.5.1^测试", "RCP|I", wanted="AL|AL")
WRONG = framed("QBP^Q22^QBP_Q21", "Q2", "QPD|IHE PDQ Query|T2|", "RCP|I|10^RD")
FORBIDDEN = framed("QBP^Q23^QBP_Q21", "Q3", "QPD|IHE PIX Query|T3|P1^^^HOSP", "RCP|I")


def answers(site: Site, *sent: bytes, many: int = 0) -> list[str]:
    """As many as messages are sent, all together."""
    many = many or len(sent)
    with closing(socket.create_connection((HOST, site.mllp), timeout=20)) as sender:
        sender.sendall(b"".join(sent))
        heard = b""
        while heard.count(b"\x1c\r") < many:
            part = sender.recv(65_536)
            assert part, heard
            heard += part
    return [one.removeprefix(b"\x0b").decode() for one in heard.split(b"\x1c\r")[:-1]]


@pytest.fixture
def asking(tmp_path: Path, start: Start) -> Site:
    site = Site(tmp_path)
    feed = tmp_path / "feeds" / "ward.toml"
    feed.write_text(feed.read_text() + QUERIES)
    start(site)
    wait_for(site.ready)
    return site


def test_questions_are_answered_in_turn_kept_and_noted(asking: Site) -> None:
    assert "MSA|AA|A1" in answers(asking, BORN)[0]
    wait_for(lambda: asking.count("applied") == 1)

    found, wrong, forbidden, again = answers(asking, ASKED, WRONG, FORBIDDEN, BORN)

    assert "RSP^K22^RSP_K21" in found
    assert "MSA|AA|Q1\rQAK|T1|OK|IHE PDQ Query|1|1|0\r" in found
    assert "PID|1||P1^^^HOSP&2.999.1&ISO^MR||测试^住院||19900307|M" in found
    assert "MSA|AE|Q2" in wrong
    assert "MSA|AR|Q3" in forbidden
    assert "MSA|AA|A1" in again

    accepted, told = answers(asking, ENHANCED, many=2)
    assert "MSA|CA|Q4" in accepted
    assert "MSA|AA|Q4\rQAK|T1|OK" in told

    wait_for(lambda: asking.count("skipped") == 2)
    listed = {one["key"]: one["status"] for one in json.loads(asking.say("messages", "--json").stdout)}
    assert listed == {"A1": "applied", "Q1": "skipped", "Q2": "refused", "Q3": "refused", "Q4": "skipped"}
    with closing(sqlite3.connect(f"file:{asking.directory / 'hub-audit.db'}?mode=ro", uri=True)) as database:
        noted = database.execute("SELECT client, action, outcome, resources FROM event").fetchall()
    assert sorted(noted) == [
        ("ward/HIS|HOSP", "denied", "query_not_allowed", 0),
        ("ward/HIS|HOSP", "query", "bad_query", 0),
        ("ward/HIS|HOSP", "query", "ok", 1),
        ("ward/HIS|HOSP", "query", "ok", 1),
    ]
