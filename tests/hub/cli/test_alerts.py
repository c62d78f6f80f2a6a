"""``hub alerts``, and what ``hub feeds`` says of them."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from hub.alerts import Alerts
from hub.language import Text
from tests.hub.cli.conftest import Hub, opened


@pytest.fixture
def alerted(directory: Path) -> None:
    """The feed ``desk`` is silent; a destination was failing, and is not any more."""
    with closing(opened(directory)) as database:
        alerts = Alerts(database)
        alerts.begin("destination", "archive", Text("it does not answer"))
        alerts.end("destination", "archive")
        alerts.begin("silent", "desk", Text("no message for {minutes} min", {"minutes": 31}))


@pytest.mark.usefixtures("alerted")
def test_alerts_lists_what_lasts_and_then_what_is_over(hub: Hub) -> None:
    lasting, over = hub("alerts", "--json").data
    assert (lasting["kind"], lasting["subject"], lasting["ended_at"]) == ("silent", "desk", None)
    assert (over["kind"], over["subject"], over["text"]) == ("destination", "archive", "it does not answer")
    assert over["ended_at"] >= over["began_at"]
    assert [one["id"] for one in hub("alerts", "--lasting", "--json").data] == [lasting["id"]]
    assert "no message for 31 min" in hub("alerts").out


@pytest.mark.usefixtures("alerted")
def test_feeds_says_in_a_word_what_is_unusual(hub: Hub) -> None:
    [desk] = hub("feeds", "--json").data
    assert (desk["alerts"], desk["oldest_waiting"], desk["unmapped_codes"]) == (["silent"], None, 0)
    assert hub("feeds").out.splitlines()[-1].endswith("silent")


def test_nothing_unusual_is_said_so(hub: Hub, directory: Path) -> None:
    opened(directory).close()
    assert "nothing is unusual" in hub("alerts").err
    assert hub("feeds").out.splitlines()[-1].endswith("well")
    (directory / "feeds" / "desk.toml").write_text('adapter = "slips"\nenabled = false\n')
    assert hub("feeds").out.splitlines()[-1].endswith("off")
