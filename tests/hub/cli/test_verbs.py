"""The verbs that ask about messages, and those that write when no hub runs."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from hub.database import open_database
from tests.hub.cli.conftest import Answer, Hub, opened

Slip = Callable[[str], Answer]
Work = Callable[[], None]
KEYS = ["feed", "adapter", "received", "waiting", "applied", "skipped", "parked", "refused"]


def audited(directory: Path) -> list[tuple[str, str, str]]:
    with closing(sqlite3.connect(directory / "hub-audit.db")) as audit:
        return audit.execute("SELECT action, resource_id, client FROM event ORDER BY id").fetchall()


# --- feeds -----------------------------------------------------------------------------------------------------------


def test_without_a_database_it_is_said_what_to_do(hub: Hub) -> None:
    answer = hub("feeds", "--json")

    assert (answer.code, answer.out) == (5, "")
    assert "hub migrate" in answer.err


def test_a_feed_that_heard_nothing_is_listed_with_noughts(hub: Hub) -> None:
    hub("migrate")
    (row,) = hub("feeds", "--json").data

    assert list(row)[:8] == KEYS
    assert [row[key] for key in KEYS] == ["desk", "slips", 0, 0, 0, 0, 0, 0]
    assert row["last_received"] is None


def test_feeds_count_what_became_of_their_messages(hub: Hub, slip: Slip, work: Work) -> None:
    for text in ("A1 007 cough", "A1 007 cough", "garbled", "useless", "?"):
        slip(text)
    work()
    slip("A2 007 fever")
    (row,) = hub("feeds", "--json").data

    assert [row[key] for key in KEYS[2:]] == [5, 1, 1, 1, 1, 1]
    assert row["resent"] == 1


def test_a_feed_that_left_the_configuration_is_still_listed(hub: Hub, slip: Slip, directory: Path) -> None:
    slip("A1 007 cough")
    (directory / "feeds" / "desk.toml").unlink()
    (row,) = hub("feeds", "--json").data

    assert (row["feed"], row["adapter"], row["waiting"]) == ("desk", None, 1)


def test_a_pipe_gets_aligned_columns(hub: Hub, slip: Slip) -> None:
    slip("A1 007 cough")
    heading, row = hub("feeds").out.splitlines()

    assert "\t" not in heading + row
    assert heading.index("adapter") == row.index("slips")


# --- messages --------------------------------------------------------------------------------------------------------


def test_messages_are_listed_newest_first(hub: Hub, slip: Slip, work: Work) -> None:
    for text in ("A1 007 cough", "garbled", "useless", "?"):
        slip(text)
    work()
    rows = hub("messages", "--json").data

    assert [(row["id"], row["status"]) for row in rows] == [
        (4, "refused"),
        (3, "skipped"),
        (2, "parked"),
        (1, "applied"),
    ]
    assert rows[2]["reason"] == "the number of the resident is missing"
    assert (rows[2]["key"], rows[2]["place"], rows[3]["reason"]) == ("garbled", "word 2", None)


@pytest.mark.parametrize(
    ("options", "keys"),
    [
        (("--status", "parked"), ["garbled"]),
        (("--status", "received"), ["A2"]),
        (("--key", "A1"), ["A1"]),
        (("--feed", "desk", "--limit", "1"), ["A2"]),
        (("--since", "1h"), ["A2", "garbled", "A1"]),
        (("--since", "2999-01-01"), []),
    ],
)
def test_messages_are_narrowed_down(
    options: tuple[str, ...], keys: list[str], hub: Hub, slip: Slip, work: Work
) -> None:
    slip("A1 007 cough")
    slip("garbled")
    work()
    slip("A2 007 fever")

    assert [row["key"] for row in hub("messages", *options, "--json").data] == keys


def test_the_messages_of_a_feed_that_is_none_are_not_found(hub: Hub, slip: Slip, directory: Path) -> None:
    slip("A1 007 cough")

    answer = hub("messages", "--feed", "nope", "--json")

    assert (answer.code, answer.out) == (3, "")
    assert answer.err == "error: there is no feed nope in this configuration\n"
    (directory / "feeds" / "desk.toml").unlink()
    assert [row["key"] for row in hub("messages", "--feed", "desk", "--json").data] == ["A1"]


def test_a_table_says_when_there_is_more(hub: Hub, slip: Slip) -> None:
    slip("A1 007 cough")
    slip("A2 007 cough")

    assert "--limit shows more" in hub("messages", "--limit", "1").err
    assert "--limit" not in hub("messages", "--limit", "3").err


def test_a_moment_that_is_none_is_a_usage_mistake(hub: Hub) -> None:
    assert hub("messages", "--since", "soon").code == 2


def test_a_persons_messages_are_found_and_the_search_is_noted(
    hub: Hub, slip: Slip, work: Work, directory: Path
) -> None:
    slip("A1 007 cough")
    slip("A2 008 cough")
    slip("A3 007 fever")
    work()
    person = hub("show", "1", "--json").data["resources"][0]["person"]

    assert [row["key"] for row in hub("messages", "--patient", person, "--json").data] == ["A3", "A1"]
    assert audited(directory)[-1][0] == "search"


def test_an_unknown_patient_is_not_found(hub: Hub, slip: Slip) -> None:
    slip("A1 007 cough")

    assert hub("messages", "--patient", "nobody", "--json").code == 3


# --- show ------------------------------------------------------------------------------------------------------------


def test_a_message_is_shown_from_its_bytes_to_what_it_wrote(hub: Hub, slip: Slip, work: Work) -> None:
    slip("A1 007 咳嗽")
    work()
    shown = hub("show", "1", "--json").data

    assert (shown["raw"], shown["encoding"], shown["notes"]) == ("A1 007 咳嗽", "utf-8", {"paper": "white"})
    assert [fate["value"] for fate in shown["fields"]] == ["A1", "007", "咳嗽"]
    assert [(one["type"], one["version"]) for one in shown["resources"] if one["type"] == "Observation"] == [
        ("Observation", 1)
    ]


def test_a_message_is_shown_to_people(hub: Hub, slip: Slip, work: Work) -> None:
    slip("A1 007 cough")
    work()
    text = hub("show", "1").out

    assert "message 1: applied" in text
    assert "A1 007 cough" in text
    assert "Observation/" in text


def test_whoever_is_shown_a_message_is_noted(hub: Hub, slip: Slip, directory: Path) -> None:
    slip("A1 007 cough")
    hub("show", "1")
    action, message, client = audited(directory)[-1]

    assert (action, message) == ("show", "1")
    assert client.startswith("cli:")


def test_bytes_of_no_known_encoding_are_shown_as_base64(hub: Hub, directory: Path) -> None:
    hub("migrate")
    from hub.adapter import Payload
    from hub.journal import Arrival, Journal

    with closing(opened(directory)) as database:
        Journal(database).append([Arrival("desk", Payload(b"\xff\xff\x81", "odd"))])

    assert hub("show", "1", "--json").data["raw_base64"] == "//+B"


def test_no_message_can_steer_the_terminal(hub: Hub, slip: Slip) -> None:
    slip("A1 007 \x1b[2Jcough")

    assert "\x1b[2J" not in hub("show", "1").out


def test_the_bytes_alone_come_as_they_came(hub: Hub, slip: Slip) -> None:
    slip("A1 007 cough")

    assert hub("show", "1", "--raw").out == "A1 007 cough"


def test_a_message_that_is_none_is_not_found(hub: Hub) -> None:
    hub("migrate")

    assert hub("show", "77", "--json").code == 3


# --- submit and replay -----------------------------------------------------------------------------------------------


def test_what_is_submitted_is_on_disk(slip: Slip, directory: Path) -> None:
    answer = slip("A1 007 cough")

    assert (answer.code, answer.data["id"], answer.data["key"]) == (0, 1, "A1")
    with closing(sqlite3.connect(directory / "hub-journal.db")) as journal:
        assert journal.execute("SELECT body FROM entry").fetchall() == [(b"A1 007 cough",)]


def test_what_is_refused_ends_with_7_and_is_kept(slip: Slip, hub: Hub) -> None:
    answer = slip("?")

    assert (answer.code, answer.data["refusal"]["reason"]) == (7, "a slip needs a key")
    assert [row["status"] for row in hub("messages", "--json").data] == ["refused"]


def test_an_unknown_feed_is_not_found(hub: Hub, directory: Path) -> None:
    assert hub("submit", "elsewhere", str(directory / "hub.toml")).code == 3


def test_a_parked_message_goes_through_again(hub: Hub, slip: Slip, work: Work) -> None:
    slip("garbled")
    work()
    answer = hub("replay", "1", "--json")

    assert (answer.code, answer.data) == (0, [{"id": 1, "replay": 2, "status": "received", "reason": None}])
    work()
    assert hub("show", "1", "--json").data["replays"] == [2]
    assert hub("messages", "--status", "parked", "--json").data[-1]["replayed_as"] == 2


def test_only_what_is_settled_and_not_applied_goes_through_again(hub: Hub, slip: Slip, work: Work) -> None:
    slip("A1 007 cough")
    assert hub("replay", "1").code == 7

    work()
    assert hub("replay", "1").code == 7
    assert hub("replay", "1", "--again").code == 0
    assert hub("replay", "77").code == 3


def test_a_replay_of_several_tells_each_and_ends_with_6(hub: Hub, slip: Slip, work: Work) -> None:
    slip("garbled")
    work()
    answer = hub("replay", "1", "77", "--json")

    assert answer.code == 6
    assert [(row["id"], row["status"]) for row in answer.data] == [(1, "received"), (77, None)]


def test_what_would_be_refused_again_is_not_kept_again(hub: Hub, slip: Slip) -> None:
    slip("?")

    assert hub("replay", "1").code == 7
    assert len(hub("messages", "--json").data) == 1


# --- parse -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "outcome", "code"),
    [("A1 007 cough", "applied", 0), ("garbled", "parked", 1), ("useless", "skipped", 0), ("?", "refused", 7)],
)
def test_a_file_is_parsed_and_nothing_is_written(text: str, outcome: str, code: int, hub: Hub, directory: Path) -> None:
    (directory / "slip").write_text(text)
    answer = hub("parse", "slips", str(directory / "slip"), "--json")

    assert (answer.code, answer.data["outcome"]) == (code, outcome)
    assert not (directory / "hub.db").exists()


def test_parsing_shows_updates_as_fhir_and_every_fate(hub: Hub, directory: Path) -> None:
    (directory / "slip").write_text("A1 007 cough")
    found = hub("parse", "slips", str(directory / "slip"), "--json").data
    (update,) = found["updates"]

    assert update["claim"]["source_id"] == "007"
    assert update["resources"][0]["body"]["code"] == {"text": "cough"}
    assert [fate["fate"] for fate in found["fields"]] == ["mapped"] * 3


def test_parsing_needs_no_configuration(hub: Hub, directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (directory / "slip").write_text("A1 007 cough")
    monkeypatch.setenv("HUB_CONFIG", "/nowhere")

    assert hub("parse", "slips", str(directory / "slip")).code == 0


def test_parsing_can_use_the_settings_of_a_feed(hub: Hub, directory: Path) -> None:
    (directory / "slip").write_text("A1 007 cough")

    assert hub("parse", "slips", str(directory / "slip"), "--feed", "desk").code == 0
    assert hub("parse", "slips", str(directory / "slip"), "--feed", "elsewhere").code == 3


def test_an_adapter_that_nobody_offers_is_not_found(hub: Hub, directory: Path) -> None:
    answer = hub("parse", "stamps", str(directory / "hub.toml"))

    assert (answer.code, "slips" in answer.err) == (3, True)


# --- tokens ----------------------------------------------------------------------------------------------------------


def test_a_token_is_all_that_is_printed(hub: Hub, directory: Path) -> None:
    from hub.access import Access

    answer = hub("token", "checks", "--scope", "system/*.rs")

    with closing(open_database("sqlite:///hub.db", base=directory, writable=False)) as database:
        client = Access(database).check(answer.out.strip())
    assert client is not None
    assert (answer.code, answer.err, client.name) == (0, "", "checks")


def test_tokens_are_listed_without_their_secret_and_taken_back(hub: Hub) -> None:
    secret = hub("token", "checks", "--scope", "system/*.rs", "--json").data["token"]
    listed = hub("token", "--list", "--json")

    assert secret not in listed.out
    assert [(row["name"], row["revoked_at"]) for row in listed.data] == [("checks", None)]
    assert hub("token", "--revoke", "checks").code == 0
    assert hub("token", "--list", "--json").data[0]["revoked_at"] is not None
    assert hub("token", "--revoke", "checks").code == 3


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((), 2),
        (("checks",), 2),
        (("checks", "--list"), 2),
        (("checks", "--scope", "everything"), 7),
        (("checks", "--scope", "system/*.rs", "--days", "0"), 2),
    ],
)
def test_a_token_that_cannot_be_given_says_why(arguments: tuple[str, ...], code: int, hub: Hub) -> None:
    answer = hub("token", *arguments)

    assert (answer.code, answer.out) == (code, "")
    assert answer.err


# --- PostgreSQL ------------------------------------------------------------------------------------------------------


@pytest.fixture
def on_postgresql(directory: Path, postgres_url: str) -> None:
    (directory / "hub.toml").write_text(f'database = "{postgres_url}"\n')


@pytest.mark.usefixtures("on_postgresql")
def test_the_verbs_do_the_same_on_postgresql(hub: Hub, slip: Slip, work: Work, tmp_path: Path) -> None:
    for text in ("A1 007 cough", "garbled", "?"):
        slip(text)
    work()
    assert [row["status"] for row in hub("messages", "--json").data] == ["refused", "parked", "applied"]
    (resource, *_rest) = hub("show", "1", "--json").data["resources"]
    assert [row["id"] for row in hub("messages", "--patient", resource["person"], "--json").data] == [1]
    assert hub("identity", "show", resource["person"], "--json").data["person"] == resource["person"]
    assert hub("replay", "2", "--json").data[0]["replay"] == 4
    assert hub("token", "checks", "--scope", "system/*.rs").out.startswith("hub_")
    assert hub("backup", str(tmp_path / "copy"), "--json").data["counts"]["messages"] == 4


@pytest.mark.usefixtures("on_postgresql")
def test_without_tables_it_is_said_what_to_do(hub: Hub) -> None:
    answer = hub("feeds", "--json")

    assert (answer.code, "hub migrate" in answer.err) == (5, True)
    assert hub("migrate").code == 0
    assert hub("feeds", "--json").code == 0


def test_a_server_that_does_not_answer_ends_with_5(hub: Hub, directory: Path) -> None:
    (directory / "hub.toml").write_text('database = "postgresql+psycopg://hub@127.0.0.1:1/hub"\n')

    assert hub("feeds").code == 5


# --- the house -------------------------------------------------------------------------------------------------------


def test_plugins_are_listed(hub: Hub) -> None:
    (row,) = hub("plugins", "--json").data

    assert (row["plugin"], row["state"], row["adapters"]) == ("slips", "loaded", ["slips"])


def test_a_broken_plugin_is_shown_with_its_reason(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    from importlib.metadata import EntryPoint

    from hub import loader

    monkeypatch.setattr(loader, "entry_points", lambda **_group: [EntryPoint("lost", "no_such_module", loader.GROUP)])
    answer = hub("plugins", "--json")

    assert (answer.code, answer.data[0]["state"]) == (1, "broken")
    assert "no_such_module" in answer.data[0]["reason"]


def test_a_database_is_made_once(hub: Hub) -> None:
    first = hub("migrate", "--json").data
    second = hub("migrate", "--json").data

    assert (first["applied"], second["applied"]) == (True, False)
    assert set(second["before"].values()) == {second["newest"]}


def test_a_backup_comes_back(hub: Hub, slip: Slip, directory: Path, tmp_path: Path) -> None:
    slip("A1 007 cough")
    made = hub("backup", str(tmp_path / "copy"), "--json").data
    other = tmp_path / "other"
    (other / "feeds").mkdir(parents=True)
    (other / "hub.toml").write_text((directory / "hub.toml").read_text())

    assert made["counts"]["messages"] == 1
    assert hub("restore", str(tmp_path / "copy"), "--config", str(other)).code == 0
    assert [row["key"] for row in hub("messages", "--json", "--config", str(other)).data] == ["A1"]
    assert hub("restore", str(tmp_path / "copy"), "--config", str(other)).code == 7


def test_a_backup_that_cannot_be_written_has_failed(hub: Hub, slip: Slip, tmp_path: Path) -> None:
    slip("A1 007 cough")
    (tmp_path / "file").touch()

    answer = hub("backup", str(tmp_path / "file" / "copy"))

    assert answer.code == 1
    assert answer.err == f"error: {tmp_path}/file/copy cannot be written: Not a directory\n"


def test_a_starter_that_cannot_be_written_says_where_and_why(hub: Hub, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    answer = hub("init", str(tmp_path / "file" / "hub"))

    assert answer.code == 1
    assert answer.err.startswith(f"error: {tmp_path}/file/hub")
    assert "cannot be written: Not a directory; name another folder" in answer.err


def test_a_warning_leaves_a_configuration_sound(hub: Hub, directory: Path) -> None:
    (directory / "feeds" / "ward.tml").touch()
    (directory / "hub.toml").write_text('# bell\nbus = "amqp://hub:hush@bell//"\n')

    answer = hub("check")

    better = '{ file = "…" } or { env = "…" } keeps it out of the folder'
    assert answer.code == 0
    assert answer.err.splitlines() == [
        f"warning: {directory}/hub.toml:2: bus: a password stands in this URL; {better}",
        f"warning: {directory}/feeds/ward.tml: is not read: the file of a feed ends in .toml",
        "all is well: 1 feeds (desk)",
    ]
    found = hub("check", "--json").data
    assert (found["ok"], found["mistakes"], [each["line"] for each in found["warnings"]]) == (True, [], [2, 0])
    assert "hush" not in f"{answer}{found}"


def test_a_secret_that_is_not_there_is_named_at_its_line(hub: Hub, directory: Path) -> None:
    (directory / "hub.toml").write_text('# where\ndatabase = { env = "HUB_TEST_NOT_SET" }\n')
    said = f'{directory}/hub.toml:2: database: the secret {{ env = "HUB_TEST_NOT_SET" }} is not there or is empty\n'

    for verb, begin in {"check": "", "feeds": "error: ", "run": "error: "}.items():
        answer = hub(verb)
        assert (answer.code, answer.err) == (4, begin + said)


def test_a_list_is_one_json_document_however_long(hub: Hub, slip: Slip) -> None:
    hub("migrate")
    assert hub("messages", "--json").data == []
    for number in range(3):
        slip(f"A{number} 007 cough")
    assert len(json.loads(hub("messages", "--json").out)) == 3
