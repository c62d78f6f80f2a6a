"""``hub demo`` as a newcomer meets it: the story is true, in both languages, and what it says can be done."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

DEMO = [sys.executable, "-m", "hub", "demo"]


def demo(*options: str, language: str = "en") -> str:
    """What it prints on a terminal of 80 columns."""
    here = os.environ | {"HUB_LANG": language, "COLUMNS": "80"}
    done = subprocess.run([*DEMO, *options], env=here, capture_output=True, text=True, timeout=100, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "kept"


@pytest.fixture(scope="module")
def story(folder: Path) -> str:
    return demo("--exit", "--json", "--dir", str(folder))


@pytest.fixture(scope="module")
def counts(story: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(story.splitlines()[-1])
    return found


def test_every_message_is_accounted_for(counts: dict[str, Any]) -> None:
    assert counts["received"] == counts["sent"] - counts["resent_same_answer"]
    assert counts["accepted"] == counts["sent"] - counts["refused"]
    assert counts["applied"] == counts["received"] - counts["refused"] - counts["parked"]
    assert [counts[name] for name in ("waiting", "skipped", "resent_same_answer")] == [0, 0, 1]


def test_one_broken_message_is_refused_and_one_is_parked_each_with_its_reason(
    counts: dict[str, Any], story: str
) -> None:
    assert (counts["refused"], counts["parked"]) == (1, 1)
    assert re.search(r"tcm-hospital +│ refused │ the message can be decoded neither as", story)
    assert re.search(r"township-clinic │ parked +│ the message has no PID segment", story)


def test_a_borrowed_card_is_a_question_for_a_person(counts: dict[str, Any], story: str) -> None:
    assert counts["questions"] == 1
    assert "one ID number, but another name" in story


@pytest.mark.parametrize(
    ("who", "made"),
    [
        ("周子轩、周子昂", "2 persons"),
        ("李秀兰之女", "1 person"),
        ("王建国", "2 persons"),
        ("何小军", "2 persons"),
        ("陈珅", "1 person with"),
    ],
)
def test_nobody_is_taken_for_somebody_else(story: str, who: str, made: str) -> None:
    (line,) = (line for line in story.splitlines() if line.startswith(f"│ {who} "))
    assert line.split("│")[3].strip().startswith(made)


def test_one_resident_has_one_record_of_three_hospitals(counts: dict[str, Any], story: str) -> None:
    record = story.partition("joined record")[2]
    assert {"central-hospital", "tcm-hospital", "township-clinic"} == set(re.findall(r"│ ([a-z-]+)#\d+ +│", record))
    assert counts["resources_of_one_resident"] > 20


def test_what_it_says_to_go_on_with_stands_on_lines_of_its_own_and_works(story: str, folder: Path) -> None:
    commands = [line.strip() for line in story.partition("Go on with:")[2].splitlines()]
    curls = [line for line in commands if line.startswith("curl ")]
    assert len(curls) == 4
    assert all(re.fullmatch(r"curl -sH \"Authorization: Bearer \$TOKEN\" 'http://\S+'", line) for line in curls)
    assert f"hub run --config {folder}" in commands
    (listing,) = (line for line in commands if line.startswith("hub messages"))
    said = subprocess.run([sys.executable, "-m", *listing.split(), "--json"], capture_output=True, check=True)
    assert [message["status"] for message in json.loads(said.stdout)] == ["parked"]


def test_it_never_writes_over_a_hub_that_is_there(story: str, folder: Path) -> None:
    assert story
    done = subprocess.run([*DEMO, "--exit", "--dir", str(folder)], capture_output=True, text=True, check=False)
    assert done.returncode == 7
    assert str(folder) in done.stderr


def test_it_speaks_chinese_and_offers_nothing_that_is_gone_when_it_ends() -> None:
    story = demo("--exit", language="zh_CN")
    assert "消息没有 PID 段" in story
    assert re.findall(r"[a-z]{3,} [a-z]{3,}", story) == []
    assert "…" not in story
    assert "TOKEN" not in story


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stays_until_it_is_asked_to_end_and_leaves_no_hub_behind(tmp_path: Path, number: signal.Signals) -> None:
    here = os.environ | {"HUB_LANG": "en", "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen([*DEMO, "--dir", str(tmp_path / "demo")], env=here, stdout=subprocess.PIPE, text=True) as one:
        try:
            assert one.stdout is not None
            assert any("The hub goes on running" in line for line in one.stdout)
            one.send_signal(number)
            assert one.wait(40) == 0
        finally:
            one.kill()
    assert "hub.stopped" in (tmp_path / "demo" / "hub.log").read_text()
