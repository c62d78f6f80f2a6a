"""A code nobody has mapped: one question, an answer that is a row of a file, and what waited goes through again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from hub.cli.opening import whole
from hub.codes import read_map
from hub.codes.answers import close_known
from hub.codes.gaps import KIND, MASK, MOST
from hub.codes.waiting import replay_waiting
from hub.config import Mistakes
from hub.database import Database, Statement, open_database
from hub.errors import Refused
from hub.journal import Arrival, Journal
from hub.migrations import prepare
from hub.operations import Operations
from hub.pipeline import Pipeline
from hub.review import Review, Reviews
from hub.schema import resource

HEADER = r"MSH|^~\&|HIS|H|HUB|C|202403010800{second:02}||ADT^A08|{key}|P|2.5.1"
FEED = 'adapter = "hl7"\n[settings]\nlisten = "127.0.0.1:2575"\n[settings.systems]\nHOSP = "urn:oid:2.999.1"\n'
MARITAL = "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus"

_PATIENTS = Statement(select(resource.c.body).where(resource.c.type == "Patient"))


class Site:
    """A site with two hospitals, its messages settled when it is told to."""

    def __init__(self, directory: Path, database: Database) -> None:
        self.directory = directory
        self.database = database
        self.open()

    def open(self) -> None:
        """As a hub that starts would, with the files as they are."""
        config, self.adapters = whole(self.directory)
        self.operations = Operations(self.database, config, self.adapters)
        self.pipeline = Pipeline(self.database, self.adapters)

    def tell(self, number: int, *fields: tuple[int, str], feed: str = "north", rest: str = "") -> int:
        """A patient's message with these fields of PID; its entry."""
        person = ["PID", "1", "", f"M{number:03}^^^HOSP", "", "Zhang^San", *[""] * 24]
        for at, value in fields:
            person[at] = value
        entries = self.told + 1
        text = "\r".join((HEADER.format(second=entries % 60, key=f"K{entries}"), "|".join(person), rest))
        payload = self.adapters[feed].admit(text.encode())
        (receipt,) = Journal(self.database).append([Arrival(feed, payload)])
        return receipt.message_id

    @property
    def told(self) -> int:
        return sum(len(Journal(self.database).waiting(feed, 0, 10_000)) for feed in self.adapters)

    def work(self) -> None:
        for feed in self.adapters:
            while self.pipeline.step(feed):
                pass

    def asked(self) -> list[Review]:
        return Reviews(self.database).list(kind=KIND, limit=1000)

    def decide(self, review: Review, **said: str) -> Any:
        done = self.operations.perform("decide_code", {"review": review.id, **said}, "cli:wang")
        self.work()
        return done

    def patients(self) -> dict[str, Any]:
        """By number."""
        with self.database.read() as connection:
            rows = connection.rows(_PATIENTS)
        bodies = [json.loads(bytes(body)) for (body,) in rows]
        return {body["identifier"][0]["value"]: body for body in bodies}


@pytest.fixture
def site(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("HUB_LANG", "en")
    (tmp_path / "feeds").mkdir()
    (tmp_path / "hub.toml").write_text(f'database = "{database_url}"\n')
    (tmp_path / "feeds" / "north.toml").write_text(FEED)
    (tmp_path / "feeds" / "south.toml").write_text(FEED.replace("2575", "2576"))
    with closing(open_database(database_url, base=tmp_path)) as database:
        prepare(database)
        yield Site(tmp_path, database)


def test_a_code_is_asked_about_once_for_each_feed_with_its_count_and_an_example(site: Site) -> None:
    first = site.tell(1, (8, "7"))
    for number in (2, 3):
        site.tell(number, (8, "7"))
    site.tell(4, (8, "7"), feed="south")
    site.tell(5, (8, "M"))
    site.work()

    south, north = site.asked()

    assert (north.feed, north.entry, north.status) == ("north", first, "open")
    assert north.detail == {
        "map": "sex", "place": "PID-8", "code": "7", "system": "", "display": "", "masked": False
    }  # fmt: skip
    assert (south.feed, Reviews(site.database).used_by([north.id, south.id])) == ("south", {north.id: 3, south.id: 1})
    assert "gender" not in site.patients()["M001"]
    assert {"url": "urn:hub:v2:PID-8", "valueString": "7"} in site.patients()["M001"]["extension"]


def test_an_answer_is_a_row_of_the_feeds_own_map_and_what_waited_goes_through_again_in_order(site: Site) -> None:
    for number in (1, 2):
        site.tell(number, (8, "7"))
    site.tell(3, (8, "7"), feed="south")
    site.work()
    _south, north = site.asked()

    done = site.decide(north, code="male")

    assert done == {"review": north.id, "status": "closed", "messages": 2}
    (row,) = read_map(site.directory / "codes" / "north" / "sex.csv")
    assert (row.code, row.standard_code) == ("7", "male")
    patients = site.patients()
    assert [patients[number].get("gender") for number in ("M001", "M002", "M003")] == ["male", "male", None]
    waiting = Journal(site.database).waiting("north", 0)
    assert [message.replay_of for message in waiting] == [None, None, waiting[0].id, waiting[1].id]
    (answer,) = Reviews(site.database).answers(north.id)
    assert (answer.given_by, answer.said["code"]) == ("cli:wang", "male")
    site.tell(4, (8, "7"))
    site.work()
    assert site.patients()["M004"]["gender"] == "male"
    assert len(site.asked()) == 2


def test_a_resource_then_has_the_standard_code_and_the_senders(site: Site) -> None:
    (site.directory / "codes").mkdir()
    (site.directory / "codes" / "marital.csv").write_text(f"code,standard_code,standard_system\n20,M,{MARITAL}\n")
    site.open()
    site.tell(1, (16, "5^分居^L"))
    site.tell(1, (11, "Main Street"))  # newer, and says nothing of it
    site.work()
    (review,) = site.asked()
    assert (review.detail["place"], review.detail["display"]) == ("PID-16", "分居")

    site.decide(review, code="L", display="Legally Separated")

    assert site.patients()["M001"]["maritalStatus"]["coding"][0] == {
        "system": MARITAL, "code": "L", "display": "Legally Separated"
    }  # fmt: skip
    assert [one["code"] for one in site.patients()["M001"]["maritalStatus"]["coding"]] == ["L", "5"]
    assert site.patients()["M001"]["address"]


def test_a_code_that_is_kept_for_good_is_not_asked_about_again(site: Site) -> None:
    site.tell(1, (8, "7"))
    site.work()
    site.decide(site.asked()[0], keep="the kiosk's test patients")
    site.tell(2, (8, "7"))
    site.work()
    (review,) = site.asked()
    assert review.status == "closed"
    assert "gender" not in site.patients()["M002"]


def test_an_answer_taken_back_is_taken_back_everywhere(site: Site) -> None:
    site.tell(1, (8, "7"))
    site.work()
    (review,) = site.asked()
    site.decide(review, code="female")
    site.tell(2, (8, "7"))  # it never waited, and was read by the answer
    site.tell(3, (8, "1"))
    site.work()
    assert [site.patients()[number]["gender"] for number in ("M001", "M002", "M003")] == ["female", "female", "male"]

    done = site.operations.perform("undo_code", {"review": review.id, "why": "7 is a test"}, "cli:li")
    site.work()

    assert (done["status"], done["messages"]) == ("open", 2)
    assert [site.patients()[number].get("gender") for number in ("M001", "M002", "M003")] == [None, None, "male"]
    assert read_map(site.directory / "codes" / "north" / "sex.csv") == []
    site.decide(review, code="other")
    assert [site.patients()[number].get("gender") for number in ("M001", "M002")] == ["other", "other"]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"code": "man"}, "leads to one of female, male, other, unknown"),
        ({}, "say what the code is"),
        ({"code": "male", "keep": "both"}, "say what the code is"),
    ],
)
def test_an_answer_that_cannot_be_is_refused(site: Site, said: dict[str, str], reason: str) -> None:
    site.tell(1, (8, "7"))
    site.work()
    (review,) = site.asked()
    with pytest.raises(Refused, match=reason):
        site.decide(review, **said)
    assert not (site.directory / "codes" / "north" / "sex.csv").exists()


def test_a_question_is_answered_once(site: Site) -> None:
    site.tell(1, (8, "7"))
    site.work()
    (review,) = site.asked()
    site.decide(review, code="male")
    with pytest.raises(Refused, match="answered already"):
        site.decide(review, code="female")


@pytest.mark.parametrize("code", ["99010119900307001X", "13800000000", "x" * 41, "Zhang San"])
def test_what_may_be_personal_data_is_masked_and_no_map_takes_it(site: Site, code: str) -> None:
    site.tell(1, (8, code), (5, "Zhang San"))
    site.work()
    (review,) = site.asked()
    assert review.detail["code"] == MASK
    assert code not in json.dumps([review.key, review.detail])
    with pytest.raises(Refused, match="personal data"):
        site.decide(review, code="male")
    site.decide(review, keep="the sender will correct the field")
    site.tell(2, (8, code), (5, "Zhang San"))
    site.work()
    assert [each.status for each in site.asked()] == ["closed"]


def test_codes_without_number_are_one_question(site: Site) -> None:
    for number in range(MOST + 5):
        site.tell(number, (8, f"c{number}"))
    site.work()
    reviews = site.asked()
    assert len(reviews) == MOST + 1
    assert Reviews(site.database).used_by([reviews[0].id]) == {reviews[0].id: 5}


def test_a_row_written_by_hand_answers_too(site: Site) -> None:
    site.tell(1, (8, "7"))
    site.work()
    (site.directory / "codes" / "north").mkdir(parents=True)
    (site.directory / "codes" / "north" / "sex.csv").write_bytes("code,standard_code\n7,male\n".encode("gb18030"))
    site.open()
    assert close_known(site.database, site.adapters) == 1
    assert replay_waiting(site.database, site.adapters) == 1
    site.work()
    assert [each.status for each in site.asked()] == ["closed"]
    assert site.patients()["M001"]["gender"] == "male"


def test_a_kill_between_answer_and_replay_loses_nothing(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.tell(1, (8, "7"))
    site.work()
    monkeypatch.setattr("hub.operations.replay_waiting", lambda *_: 0)
    site.decide(site.asked()[0], code="male")
    assert "gender" not in site.patients()["M001"]
    site.open()
    assert replay_waiting(site.database, site.adapters) == 1
    site.work()
    assert site.patients()["M001"]["gender"] == "male"
    assert replay_waiting(site.database, site.adapters) == 0


def test_a_map_with_a_mistake_is_not_read(site: Site) -> None:
    (site.directory / "codes").mkdir()
    (site.directory / "codes" / "sex.csv").write_text("code,standard_code\n7,male\n7,female\n")
    with pytest.raises(Mistakes, match="stands in line 2 already"):
        site.open()
