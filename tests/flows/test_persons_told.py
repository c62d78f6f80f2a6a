"""Who became whom is told to another hub over a socket: as it happens, in order, and again after a kill."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.flows.test_forwarding import ENVIRONMENT, HOST, Site, message
from tests.hub.spine import until


def hub(site: Site, *words: str) -> Any:
    command = [sys.executable, "-m", "hub", *words, "--config", str(site.folder), "--json"]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def person_of(site: Site, number: int) -> str:
    resources = hub(site, "show", str(number))["resources"]
    return str(next(one["person"] for one in resources if one["person"]))


def test_a_destination_hears_of_merges_and_of_their_undoing(tmp_path: Path) -> None:
    second = Site(tmp_path / "second")
    first = Site(tmp_path / "first", f"{HOST}:{second.port}")
    told = first.folder / "destinations" / "next.toml"
    told.write_text("persons = true\nfeeds = []\n" + told.read_text())
    why = ("--why", "looked at both")
    with first.running():
        first.hear(message("K1"), message("K2").replace("赵^亿||19900307|M".encode(), "钱^二||19610402|F".encode()))
        until(lambda: all(one["waiting"] == 0 for one in hub(first, "feeds")))
        one, other = person_of(first, 1), person_of(first, 2)
        merged = hub(first, "identity", "merge", one, other, *why)
        with second.running():
            until(first.is_done)
            hub(first, "identity", "undo", str(merged["decision"]), *why)
            until(lambda: len(first.deliveries()) == 2 and first.is_done())
            until(lambda: all(each["waiting"] == 0 for each in hub(second, "feeds")))
            deliveries = hub(first, "deliveries")
            applied = hub(second, "messages", "--status", "applied")
    assert [(each["message"], each["change"], each["status"]) for each in deliveries] == [
        (None, 2, "sent"),
        (None, 1, "sent"),
    ]
    heard = second.journal()
    assert list(heard) == ["P1.1", "P2.1"]
    assert f"\rPID|1||{one}^^^HUITONG^PI||^^^^^^U\rMRG|{other}^^^HUITONG^PI\r".encode() in heard["P1.1"]
    assert b"||ADT^A40^ADT_A39|P1.1|" in heard["P1.1"]
    assert b"||ADT^A37^ADT_A37|P2.1|" in heard["P2.1"]
    assert f"\rPID|1||{one}^^^HUITONG^PI||^^^^^^U\rPID|2||{other}^^^HUITONG^PI||^^^^^^U\r".encode() in heard["P2.1"]
    assert len(applied) == 2
