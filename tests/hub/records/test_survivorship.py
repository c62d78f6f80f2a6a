"""Which source wins, element by element, by what the site has written; and phones as dated contacts."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.config import Mistakes, SurvivorshipFile
from hub.config.files import opened
from hub.config.survivorship import read_survivorship
from hub.model import Json
from hub.records.contacts import contacts, retell
from hub.records.json import encode
from hub.records.person_view import Said, compose, origins
from hub.records.survivorship import Survivorship, survivorship_of

DAY = 86_400_000_000
SHIPPED = Path(__file__).parents[3] / "config" / "identity" / "survivorship.toml"
NOBODY: frozenset[str] = frozenset()


def said(feed: str, day: int, **elements: Any) -> Said:
    return Said(f"{feed}1", feed, {"resourceType": "Patient"} | elements, day * DAY, entry=day)


def rules(text: str) -> Survivorship:
    return survivorship_of(SurvivorshipFile.model_validate(tomllib.loads(text)))


def phone(value: str, **more: Any) -> Json:
    return {"system": "phone", "value": value} | more


def numbers(view: Json) -> list[str]:
    return [one["value"] for one in view["telecom"]]


def test_the_shipped_file_shows_what_is_in_force_without_one() -> None:
    assert SurvivorshipFile.model_validate(tomllib.loads(SHIPPED.read_text())) == SurvivorshipFile()


def test_a_verified_feed_wins_and_else_the_newest() -> None:
    old, new = said("police", 1, maritalStatus={"text": "未婚"}), said("clinic", 9, maritalStatus={"text": "已婚"})
    assert compose("police1", [old, new], NOBODY)["maritalStatus"] == {"text": "已婚"}
    assert compose("police1", [old, new], frozenset({"police"}))["maritalStatus"] == {"text": "未婚"}


def test_what_says_more_wins_over_what_says_little() -> None:
    whole, little = (
        said("a", 1, birthDate="1990-03-07", gender="female"),
        said("b", 9, birthDate="1990", gender="unknown"),
    )
    view = compose("a1", [whole, little], frozenset({"b"}))
    assert (view["birthDate"], view["gender"]) == ("1990-03-07", "female")


def test_feeds_can_be_preferred_for_one_element() -> None:
    claims = [said("mch", 1, birthDate="2024-01-02"), said("police", 5, birthDate="2024-01-03"),
              said("clinic", 9, birthDate="2024-01-04")]  # fmt: skip
    by_file = rules('[birthDate]\nprefer = ["mch", "police"]')
    assert compose("mch1", claims, NOBODY)["birthDate"] == "2024-01-04"
    assert compose("mch1", claims, NOBODY, by_file)["birthDate"] == "2024-01-02"
    assert compose("police1", claims[1:], NOBODY, by_file)["birthDate"] == "2024-01-03"


def test_what_most_feeds_say_can_count_first() -> None:
    claims = [said("a", 1, gender="male"), said("b", 2, gender="male"), said("c", 9, gender="female")]
    assert compose("a1", claims, NOBODY)["gender"] == "female"
    assert compose("a1", claims, NOBODY, rules('[gender]\norder = ["agreed", "newest"]'))["gender"] == "male"


def test_a_choice_of_types_is_one_element() -> None:
    older, newer = said("a", 1, deceasedDateTime="2024-01-01"), said("b", 2, deceasedBoolean=False)
    view = compose("a1", [older, newer], NOBODY)
    assert (view.get("deceasedBoolean"), "deceasedDateTime" in view) == (False, False)


def test_phones_of_all_feeds_are_shown_newest_first_each_with_its_rank() -> None:
    claims = [said("police", 1, telecom=[phone("13800000001")]), said("clinic", 9, telecom=[phone("13800000002")])]
    view = compose("police1", claims, frozenset({"police"}))
    assert [(one["value"], one["rank"]) for one in view["telecom"]] == [("13800000002", 1), ("13800000001", 2)]
    assert [one["period"] for one in view["telecom"]] == [{"start": "1970-01-10"}, {"start": "1970-01-02"}]


def test_a_phone_that_its_feed_has_another_for_has_ended_and_comes_last() -> None:
    patient = retell({"telecom": [phone("13800000001")]}, {"telecom": [phone("13800000002")]}, DAY, 5 * DAY, newer=True)
    view = compose("clinic1", [said("police", 1, telecom=[phone("13800000003")]),
                               Said("clinic1", "clinic", patient, 5 * DAY)], NOBODY)  # fmt: skip
    assert numbers(view) == ["13800000002", "13800000003", "13800000001"]
    ended = view["telecom"][-1]
    assert (ended["use"], ended["period"], "rank" in ended) == (
        "old", {"start": "1970-01-02", "end": "1970-01-06"}, False
    )  # fmt: skip


def test_a_phone_said_again_is_renewed() -> None:
    patient: Json = {"telecom": [phone("13800000001")]}
    for day, value in ((2, "13800000002"), (3, "138 0000 0001")):
        patient = retell(patient, {"telecom": [phone(value)]}, (day - 1) * DAY, day * DAY, newer=True)
    now, old = contacts(patient, "1970-01-04")
    assert (now["value"], now["period"], now["said"]) == ("138 0000 0001", {"start": "1970-01-02"}, "1970-01-04")
    assert (old["value"], old["period"]) == ("13800000002", {"start": "1970-01-03", "end": "1970-01-04"})


def test_a_phone_at_work_does_not_end_the_one_at_home() -> None:
    home, work = phone("1", use="home"), phone("2", use="work")
    patient = retell({"telecom": [home]}, {"telecom": [work]}, DAY, 2 * DAY, newer=True)
    assert [("end" in one["period"]) for one in contacts(patient, "")] == [False, False]


def test_an_older_message_tells_what_a_phone_was_before() -> None:
    known: Json = {"telecom": [phone("13800000002")]}
    patient = retell(known, {"telecom": [phone("13800000001")]}, 9 * DAY, 2 * DAY, newer=False)
    assert patient["telecom"] == known["telecom"], "the claim still reads back as it was given"
    new, old = contacts(patient, "1970-01-10")
    assert (new["value"], old["value"], old["period"]) == (
        "13800000002", "13800000001", {"start": "1970-01-03", "end": "1970-01-10"}
    )  # fmt: skip


def test_one_claim_reads_back_as_it_was_given_whatever_its_phones_were() -> None:
    patient = retell({"telecom": [phone("1")]}, {"telecom": [phone("2")]}, DAY, 2 * DAY, newer=True)
    assert compose("a1", [Said("a1", "a", patient, 2 * DAY)], NOBODY) == {"telecom": [phone("2")]}


def test_every_value_is_explained_by_its_claim_and_by_what_put_it_first() -> None:
    claims = [
        said("police", 1, gender="male", telecom=[phone("1")]),
        said("clinic", 9, gender="female", birthDate="1990"),
    ]
    found = origins(claims, frozenset({"police"}))
    assert [(one.element, one.claim, one.before) for one in found] == [
        ("gender", "police1", "verified"), ("birthDate", "clinic1", ""), ("telecom", "police1", "")
    ]  # fmt: skip


PATIENTS = st.fixed_dictionaries(
    {},
    optional={
        "gender": st.sampled_from(["male", "female", "unknown"]),
        "birthDate": st.sampled_from(["1990", "1990-03-07", "1991-01-01"]),
        "telecom": st.lists(st.sampled_from([phone("1"), phone("2"), phone("3", use="home")]), max_size=2),
        "name": st.lists(st.sampled_from([{"text": "张三"}, {"text": "李四", "use": "old"}]), max_size=2),
        "deceasedBoolean": st.booleans(),
    },
)
CLAIMS = st.lists(st.tuples(PATIENTS, st.integers(0, 5)), min_size=2, max_size=4)


@given(CLAIMS, st.randoms())
def test_the_view_depends_on_no_order_and_each_of_its_values_has_an_origin(
    told: list[tuple[Json, int]], random: Any
) -> None:
    claims = [said(f"f{at}", day, **patient) for at, (patient, day) in enumerate(told)]
    view = compose("f01", claims, frozenset({"f1"}))
    mixed = random.sample(claims, len(claims))
    other = compose("f01", mixed, frozenset({"f1"}))
    assert encode(dict(sorted((view | {"link": 0}).items()))) == encode(dict(sorted((other | {"link": 0}).items())))
    elements = {one.element for one in origins(claims, frozenset({"f1"}))}
    assert {key if not key.startswith("deceased") else "deceased" for key in view} - {
        "resourceType",
        "link",
    } <= elements


NO_EFFECT = 'has no effect: "preferred" is not in the order'
KEYS = "identifier, name, gender, birthDate, deceased, telecom, address, others"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[telecom]\norder = ['newst']", ':2: telecom.order.0: "newst" is not known; did you mean "newest"?'),
        ("\n[phone]\norder = []", f":2: phone: there is no such key; the keys here are {KEYS}"),
        ("[name]\norder = ['newest']\nprefer = ['police']", f":3: name.prefer: {NO_EFFECT}"),
        ("[name]\nprefer = ['plice']", ":2: name.prefer: there is no feed plice; did you mean police?"),
        ("[name]\nprefer = 'police'", ':2: name.prefer: must be a list in [ ], not "police"'),
    ],
)
def test_a_mistake_is_told_with_its_line(text: str, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "survivorship.toml"
    path.write_text(text)
    file = opened(path, needed=False)
    assert read_survivorship(file, ["clinic", "police"]) is None or file.mistakes
    assert [str(one.render()).removeprefix(str(path)) for one in file.mistakes] == [sentence]
    assert Mistakes(file.mistakes).mistakes
